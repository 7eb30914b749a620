internal import ArgumentParser
internal import SiteConfig

struct Secrets: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look after encrypted secrets: check, recipients, decrypt.",
        discussion: """
            Files encrypted with age or SOPS are recognised by their content. Identities are looked for in --identity, \
            $SOPS_AGE_KEY, $SOPS_AGE_KEY_FILE, $SOPS_AGE_KEY_CMD, $SOPS_AGE_SSH_PRIVATE_KEY_FILE, sops's own \
            age/keys.txt and ~/.ssh/id_ed25519; neither age nor sops need be installed.

            EXAMPLES:
              resolve secrets check
              resolve secrets recipients
              resolve secrets decrypt secrets.yaml.enc -i keys.txt > secrets.json
            """,
        subcommands: [Decrypt.self])

    struct Decrypt: StatusCommand {
        static let configuration = CommandConfiguration(
            abstract: "The plaintext of an encrypted file.",
            discussion: """
                Of an age file its bytes; of a SOPS document JSON, of several documents an array, of a binary one its \
                bytes. Nothing is written before the whole file is verified. Needs no site. On a terminal the values \
                are hidden; --reveal shows them.

                EXAMPLES:
                  resolve secrets decrypt secrets.yaml.enc --identity keys.txt > secrets.json
                  resolve secrets decrypt backup.tar.age --passphrase-file pass.txt -o backup.tar
                  resolve secrets decrypt secrets.yaml.enc --redact
                """)

        @Argument(help: "The file.", completion: .file())
        var file: String

        @OptionGroup var options: GlobalOptions

        func execute() throws -> ExitStatus { try options.deliver(compilation(), of: nil) }

        private func compilation() throws -> Compilation {
            do throws(FileError) {
                return try SiteCompiler.decrypt(fileAt: file, options.identities)
            } catch {
                throw Failure.couldNotRun("cannot read \(file): \(error.reason)")
            }
        }
    }
}
