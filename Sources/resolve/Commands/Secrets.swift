internal import ArgumentParser
internal import SiteConfig

struct Secrets: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secrets",
        abstract: "Look after secrets: check, plaintext, recipients, decrypt.",
        discussion: """
            Files encrypted with age or SOPS are recognised by their content. Identities are looked for in --identity, \
            $SOPS_AGE_KEY, $SOPS_AGE_KEY_FILE, $SOPS_AGE_KEY_CMD, $SOPS_AGE_SSH_PRIVATE_KEY_FILE, sops's own \
            age/keys.txt and ~/.ssh/id_ed25519; neither age nor sops need be installed.

            EXAMPLES:
              resolve secrets check
              resolve secrets plaintext --staged
              resolve secrets recipients
              resolve secrets decrypt secrets.yaml.enc -i keys.txt > secrets.json
            """,
        subcommands: [Check.self, Plaintext.self, Recipients.self, Decrypt.self])

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    struct Check: StatusCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Look at every file with secrets: who opens it, whether it is sound, what is wrong around it.",
            discussion: """
                Opens every encrypted file that an identity fits and verifies each value and the MAC. Checks references \
                into the secrets, keys that nothing reads, recipients that differ from .sops.yaml, and plain files that \
                git tracks. Without an identity, or with --redact, it checks all that the readable keys allow.

                EXAMPLES:
                  resolve secrets check
                  resolve secrets check --identity keys.txt --format json
                  resolve secrets check --redact
                """)

        @Option(help: "text, or json: an array of objects with file, form, recipients, opened_by and values.")
        var format: Format = .text

        @OptionGroup var options: GlobalOptions

        func execute() throws -> ExitStatus {
            let identities =
                options.redact ? nil : Identities(files: options.identity, passphraseFile: options.passphraseFile)
            let site = try options.locate(opening: identities)
            return try options.deliver(site.compiler.auditSecrets(), format, of: site.location)
        }
    }

    struct Plaintext: StatusCommand {
        static let configuration = CommandConfiguration(
            commandName: "plaintext",
            abstract: "Find secrets in clear among what git tracks: the hook before a commit.",
            discussion: """
                Files of secrets that are not encrypted, passwords in other files of the site, age identities and SSH keys in \
                any file of the repository, and outputs of `resolve build` with secrets in them. Nothing is opened, and \
                nothing of what is found is shown but its place. Exits with 1 if there is any.

                EXAMPLES:
                  resolve secrets plaintext
                  resolve secrets plaintext --staged
                  resolve secrets plaintext --except 'tests/*'
                """)

        @Flag(help: "Look at what is staged, which is what the next commit will have.")
        var staged = false

        @Option(
            help: ArgumentHelp(
                "Leave out files whose paths, from the site's folder, fit this. May be repeated.", valueName: "pattern")
        )
        var except: [String] = []

        @OptionGroup var options: GlobalOptions

        func execute() throws -> ExitStatus {
            let site = try options.locate(isStaged: staged)
            let request = PlaintextRequest(folder: site.location.path, isStaged: staged, exceptions: except)
            do throws(FileError) {
                return options.show(try site.compiler.plaintextSecrets(request), of: site.location)
            } catch {
                throw Failure.couldNotRun(error.reason)
            }
        }
    }

    struct Recipients: StatusCommand {
        static let configuration = CommandConfiguration(
            commandName: "recipients",
            abstract: "Who can open what.",
            discussion: """
                The recipients of every encrypted file of the site, or of one file, a site's or not. A SOPS file names \
                them; an age file tells only their types. Nothing is opened.

                EXAMPLES:
                  resolve secrets recipients
                  resolve secrets recipients secrets.yaml.enc
                """)

        @Argument(help: "A file; else all of the site's.", completion: .file())
        var file: String?

        @Option(help: "text, or json: an array of objects with file, form and recipients.")
        var format: Format = .text

        @OptionGroup var options: GlobalOptions

        func execute() throws -> ExitStatus {
            guard let file else {
                let site = try options.locate()
                return try options.deliver(site.compiler.secretRecipients(), format, of: site.location)
            }
            let audit = try audit(of: file)
            return try audit.report.isClean
                ? options.deliver(audit, format, of: nil) : options.show(audit.report, of: nil)
        }

        private func audit(of file: String) throws -> SecretsAudit {
            do throws(FileError) {
                return try SiteCompiler.secretRecipients(fileAt: file)
            } catch {
                throw Failure.couldNotRun("cannot read \(file): \(error.reason)")
            }
        }
    }

    struct Decrypt: StatusCommand {
        static let configuration = CommandConfiguration(
            commandName: "decrypt",
            abstract: "The plaintext of an encrypted file.",
            discussion: """
                Of an age file its bytes; of a SOPS document JSON, of several documents an array, of a binary one its \
                bytes. Nothing is written before the whole file is verified. Needs no site. On a terminal the values \
                are hidden; --reveal shows them.

                EXAMPLES:
                  resolve secrets decrypt secrets.yaml.enc --identity keys.txt > secrets.json
                  resolve secrets decrypt a.tar.age --passphrase-file p.txt -o a.tar
                  resolve secrets decrypt secrets.yaml.enc --redact
                """)

        @Argument(help: "The file.", completion: .file())
        var file: String

        @OptionGroup var options: GlobalOptions

        func execute() throws -> ExitStatus {
            if let output = options.output, FileWriter.isSame(output, file) {
                throw Failure.couldNotRun(
                    "refusing to write the plaintext over \(file): it is the encrypted file itself")
            }
            return try options.deliver(compilation(), of: nil)
        }

        private func compilation() throws -> Compilation {
            do throws(FileError) {
                return try SiteCompiler.decrypt(fileAt: file, options.identities)
            } catch {
                throw Failure.couldNotRun("cannot read \(file): \(error.reason)")
            }
        }
    }
}

extension GlobalOptions {
    /// Shows an audit: what was found of the files on stdout, what is wrong on stderr.
    fileprivate func deliver(
        _ audit: SecretsAudit, _ format: Secrets.Format, of location: Discovery.Location?
    ) throws -> ExitStatus {
        try deliver(plain: format == .json ? audit.json : Array(audit.text.utf8))
        return show(audit.report, of: location)
    }
}
