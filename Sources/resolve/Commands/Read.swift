internal import ArgumentParser
internal import SiteConfig

struct Read: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "read",
        abstract: "One YAML file as this compiler reads it, as JSON.",
        discussion: """
            Shows what Ansible, Salt and the Python resolver make of a file, for they read with PyYAML: `yes` is true, \
            `0644` is 420, and aliases and merge keys are followed. Needs no site. A file named secrets… is treated as \
            one that holds secrets.

            EXAMPLES:
              resolve read envs/dev.yaml
            """)

    @Argument(help: "The file.", completion: .file(extensions: ["yaml", "yml", "sls"]))
    var file: String

    @OptionGroup var options: GlobalOptions

    func execute() throws -> ExitStatus { try options.deliver(compilation(), of: nil) }

    private func compilation() throws -> Compilation {
        do throws(FileError) {
            return try SiteCompiler.read(fileAt: file, isLenient: options.lenient)
        } catch {
            throw Failure.couldNotRun("cannot read \(file): \(error.reason)")
        }
    }
}
