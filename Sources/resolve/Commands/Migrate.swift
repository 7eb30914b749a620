internal import ArgumentParser
internal import SiteConfig

struct Migrate: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring a site of homestak's layouts v1 and v2 into v3, every output staying the same.",
        discussion: """
            Moves v2/presets/, vms/presets/, v2/postures/ and v2/specs/ to presets/, postures/ and specs/, makes flat \
            postures nested ones, turns manifests of version 1 into version 2, and renames fields and references that go \
            with it. Comments and formatting are kept. Where two files contradict each other, both stay, and a message \
            says what to settle.

            Prints what it would do as a diff, which `git apply` takes; --write does it. Before, both layouts are compiled \
            and compared. Files with secrets are never touched.

            EXAMPLES:
              resolve migrate
              resolve migrate | git apply --check
              resolve migrate --write
            """)

    @Flag(help: "Change the site's files.")
    var write = false

    @OptionGroup var options: GlobalOptions

    func execute() throws -> ExitStatus {
        let site = try options.locate()
        let migration = site.compiler.migration()
        let status = options.show(migration.report, of: site.location)
        guard status == .done else { return status }
        if migration.changes.isEmpty, !options.quiet { Terminal.error.write("note: there is nothing to migrate\n") }
        guard migration.differing.isEmpty else {
            throw Failure(
                message: "this is a bug in resolve, please report it; nothing was written. The migration would change: "
                    + migration.differing.joined(separator: ", "), status: .bug)
        }
        if write {
            try SiteWriter(site.location.path).write(migration.changes)
            try options.deliver(plain: Array(migration.changes.map { $0.summary + "\n" }.joined().utf8))
        } else if let change = migration.changes.first(where: \.mayShowPasswords) {
            throw Failure(
                message: "\(change.oldPath ?? "a file") speaks of passwords, and a diff could show one\n"
                    + "help: --write makes the changes and shows no line; best move the password to the secrets before",
                status: .wrongContent)
        } else if !migration.changes.isEmpty {
            try options.deliver(plain: migration.diff(below: GlobalOptions.placeInRepository(site.location)))
        }
        return status
    }
}

extension FileChange {
    /// What is done to the file, in a line.
    var summary: String {
        switch (oldPath, newPath) {
        case (let old?, let new?): old == new ? "changed \(new)" : "moved \(old) to \(new)"
        case (let old?, nil): "removed \(old)"
        case (nil, let new): "made \(new ?? "")"
        }
    }
}
