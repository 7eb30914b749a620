internal import ArgumentParser
internal import Glibc
internal import SiteConfig
internal import SystemPackage

/// What every command takes, before or after its name.
struct GlobalOptions: ParsableArguments {
    @Option(
        name: [.customShort("C"), .long],
        help: ArgumentHelp("The site's folder.", valueName: "dir"), completion: .directory)
    var site: String?

    @Flag(help: "Take mistakes that homestak's Python resolver passes over as warnings, and write what it would.")
    var lenient = false

    @Option(
        name: [.customShort("i"), .long],
        help: ArgumentHelp(
            "A file with age identities, or an SSH key, that opens encrypted secrets. May be repeated.",
            valueName: "file"), completion: .file())
    var identity: [String] = []

    @Option(
        help: ArgumentHelp(
            "A file with the passphrase of an encrypted file or identity; else it is asked on the terminal.",
            valueName: "file"), completion: .file())
    var passphraseFile: String?

    @Flag(help: "Write secrets as {\"$secret\": …} instead of their values.")
    var redact = false

    @Flag(help: "Show secrets on a terminal, too.")
    var reveal = false

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Write to a file, whole or not at all; with secrets inside, only you can read it.", valueName: "file"),
        completion: .file())
    var output: String?

    @Option(help: "Colour messages: auto, always or never. $NO_COLOR is heeded, too.")
    var color: ColourChoice = .auto

    @Flag(help: "Show errors only.")
    var quiet = false

    /// What they are where none is said.
    static var absent: GlobalOptions {
        var options = GlobalOptions()
        options.site = nil
        options.lenient = false
        options.identity = []
        options.passphraseFile = nil
        options.redact = false
        options.reveal = false
        options.output = nil
        options.color = .auto
        options.quiet = false
        return options
    }

    enum ColourChoice: String, ExpressibleByArgument, CaseIterable {
        case auto, always, never
    }

    func validate() throws {
        if redact, reveal { throw ValidationError("--redact and --reveal exclude each other.") }
    }

    /// Whether secrets are written by name only: then nothing is opened for them.
    var hidesSecrets: Bool {
        redact || ((output ?? "-") == "-" && Terminal.output.isTerminal && !reveal)
    }

    /// What opens encrypted secrets; nil if nothing may be opened.
    var identities: Identities? {
        hidesSecrets ? nil : Identities(files: identity, passphraseFile: passphraseFile)
    }

    var isColoured: Bool { isColoured(on: .error) }

    func isColoured(on terminal: Terminal) -> Bool {
        switch color {
        case .always: true
        case .never: false
        case .auto: terminal.isTerminal && (Self.environment("NO_COLOR") ?? "").isEmpty
        }
    }

    /// The site's files and where they are.
    ///
    /// - Parameters:
    ///   - path: the folder, if the command names it as its argument.
    ///   - identities: what opens its secrets; else what the command line says.
    ///   - isStaged: whether the site is wanted as git has it staged, not as it is in the folder.
    func locate(_ path: String? = nil, opening identities: Identities? = nil, isStaged: Bool = false) throws -> (
        compiler: SiteCompiler, files: any SiteFiles, location: Discovery.Location
    ) {
        let found = Discovery.locate(
            explicit: path ?? site, by: path == nil ? "--site" : "the argument", environment: Self.environment,
            workingDirectory: Self.workingDirectory)
        switch found {
        case .success(let location):
            let files: any SiteFiles = isStaged ? try staged(in: location) : DiskFiles(root: location.path)
            return (
                SiteCompiler(files, isLenient: lenient, identities: identities ?? self.identities, isLast: true), files,
                location
            )
        case .failure(let notFound):
            throw Failure.couldNotRun(
                "no site found: no site.yaml, nor two of a site's folders, in\n"
                    + notFound.tried.map { "  \($0)\n" }.joined()
                    + "help: say where it is with --site, or set RESOLVE_SITE")
        }
    }

    private func staged(in location: Discovery.Location) throws -> GitFiles {
        do {
            let files = try GitFiles(stagedIn: location.path)
            // What is not there has no mistakes either.
            guard files.holdsSite else {
                throw Failure.couldNotRun("git has nothing of the site \(location.path) staged\nhelp: `git add` it")
            }
            return files
        } catch let error as FileError {
            throw Failure.couldNotRun(error.reason)
        }
    }

    private static var workingDirectory: String {
        unsafe getcwd(nil, 0).map { path in
            defer { unsafe free(path) }
            return unsafe String(cString: path)
        } ?? "/"
    }

    /// A file of a site by its place in it: one that is not there already is looked for from the working directory.
    static func relative(_ file: String, to site: Discovery.Location) -> String {
        let here = FilePath(workingDirectory)
        let root = here.pushing(FilePath(site.path)).lexicallyNormalized()
        let path = FilePath(file).lexicallyNormalized()
        if path.isRelative, unsafe access(root.pushing(path).string, F_OK) == 0 { return path.string }
        var inside = here.pushing(path).lexicallyNormalized()
        return inside.removePrefix(root) ? inside.string : path.string
    }

    /// The site's folder within the git repository around it, with a `/` behind it; empty if it is the repository or in none.
    static func placeInRepository(_ site: Discovery.Location) -> String {
        guard let absolute = unsafe realpath(site.path, nil) else { return "" }
        defer { unsafe free(absolute) }
        var folder = FilePath(unsafe String(cString: absolute))
        var place = ""
        while let name = folder.lastComponent {
            if unsafe access(folder.appending(".git").string, F_OK) == 0 { return place }
            place = name.string + "/" + place
            folder.removeLastComponent()
        }
        return ""
    }

    static func environment(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}
