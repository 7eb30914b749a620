package import Diagnostics
internal import SiteModel
package import YAMLSyntax

// Passwords that stand in clear where no secrets should: what is taken for one, and where one is looked for. Beside `Bind.swift`,
// which asks.

extension Binder {
    /// Notes a password, which is then taken out of the file.
    mutating func note(_ password: PasswordInClear) {
        if !passwords.contains(where: { $0.steps == password.steps }) { passwords.append(password) }
    }

    /// Passwords in what is not read, so that no message shows them.
    mutating func notePasswords(in node: NodeID, at place: Place) {
        // What an alias stands for is noted where it is written.
        guard tree.target(node) == node else { return }
        if isPassword(node, at: place) { note(PasswordInClear(steps: steps, span: tree.span(node), node: node)) }
        for entry in tree.entries(node) {
            var inside = enter(key(entry), place)
            inside.isOfPassword = place.isOfPassword || key(entry).seemsToNamePassword
            notePasswords(in: entry.value, at: inside)
            leave()
        }
        for (index, item) in tree.items(node).enumerated() {
            let inside = enter(item: index, place)
            notePasswords(in: item, at: inside)
            leave()
        }
    }

    /// Whether it is a password that stands in clear in a file that holds no secrets.
    func isPassword(_ node: NodeID, at place: Place) -> Bool {
        place.isOfPassword && !tree.source.isSecret && tree.kind(node) == .scalar && tree.value(node) != .null
            && tree.secretPath(node) == nil && tree.pool(node) == nil && !isTemplate(node, at: place)
    }

    /// Whether it is a variable of Ansible's that says where another value is: `{{ vault_password }}`.
    private func isTemplate(_ node: NodeID, at place: Place) -> Bool {
        guard steps.contains("vars"), case .string(let text) = tree.value(node), text.hasPrefix("{{"),
            text.hasSuffix("}}")
        else { return false }
        let name = text.dropFirst(2).dropLast(2)
        return name.utf8.allSatisfy { Catalogue.isName(String(UnicodeScalar($0))) || " _.[]|".utf8.contains($0) }
    }

    /// What encrypted a value that stands outside of the file that could be opened; nil if nothing did.
    func encryptor(of node: NodeID) -> String? {
        guard tree.kind(node) == .scalar, !tree.source.isSecret else { return nil }
        let text = tree.text(node)
        guard text.first == UInt8(ascii: "E") || text.first == UInt8(ascii: "$") else { return nil }
        if text.starts(with: "ENC[AES256_GCM,".utf8) { return "SOPS" }
        return text.starts(with: "$ANSIBLE_VAULT;".utf8) ? "ansible-vault" : nil
    }
}

/// The passwords in clear of a file, whatever it is a file of.
package func passwords(in tree: SyntaxTree) -> [PasswordInClear] {
    var binder = Binder(tree, .env, folder: "", .strict)
    binder.inspect(tree.root, at: Place(of: .env))
    return binder.passwords
}

/// Where texts stand that have a password in a URL: they are no secrets, but no message may show them.
package func urlsWithPasswords(in tree: SyntaxTree) -> [Span] {
    guard !tree.source.isSecret, tree.mayHavePasswordsInURLs else { return [] }
    var found: [Span] = []
    var waiting = [tree.root]
    while let node = waiting.popLast() {
        // What an alias stands for is found where it is written.
        guard tree.target(node) == node else { continue }
        if tree.kind(node) == .scalar, URLPassword.isIn(tree.string(node)) { found.append(tree.span(node)) }
        for item in tree.itemSequence(node) { waiting.append(item) }
        for entry in tree.entrySequence(node) { waiting.append(entry.value) }
    }
    return found
}
