import Diagnostics
import SecretMemory
import Secrets
import YAMLSyntax

/// libFuzzer's entry: the first byte chooses the parser, the rest is the input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 0 else { return 0 }
    let input = Array(UnsafeBufferPointer(start: data + 1, count: count - 1))
    switch data[0] & 3 {
    case 0: openFile(input)
    case 1: readIdentities(input)
    case 2: readPlain(input)
    default: matchPattern(input)
    }
    return 0
}

/// An encrypted file of any form, its header, armor, metadata and values; and what is said of it.
private func openFile(_ input: [UInt8]) {
    var sources = SourceMap()
    let source = sources.add(path: "secrets.yaml.enc", bytes: input, isSecret: true)
    guard let sealed = SealedFile.read(source) else { return }
    var findings = sealed.diagnostics
    if let file = sealed.file {
        if case .sops(let sops) = file {
            _ = sops.outlines.map(\.shape)
            _ = sops.recipients
        }
        findings += file.open(source, Keyring(Host())).diagnostics
    }
    var renderer = TextRenderer(sources: sources, colour: false)
    _ = renderer.render(findings.sorted(in: sources))
}

/// A file of identities: lines, bech32, OpenSSH and PKCS#8 keys, an encrypted list.
private func readIdentities(_ input: [UInt8]) {
    var host = Host()
    host.identityFile = input
    guard let file = try? AgeFile(Array(Host.sample.utf8)) else { return }
    let keyring = Keyring(host)
    _ = try? keyring.open(file, named: "sample.age")
    _ = keyring.account
}

/// What stands in an encrypted file as YAML. The source has the shape of the text, and none of its letters.
private func readPlain(_ input: [UInt8]) {
    var sources = SourceMap()
    let source = sources.add(path: "secrets.yaml", masking: input.span)
    precondition(source.bytes.count == input.count)
    let text = SecretText(SecretBytes(copying: input.span))
    let read = OpenedSecrets.readPlain(text, source, .strict)
    if let root = read.secrets?.documents.first { _ = SyntaxTree(root.shape, of: source) }
    var renderer = JSONRenderer(sources: sources)
    _ = renderer.render(read.diagnostics.sorted(in: sources))
}

/// A pattern, a line break, and the text to find it in.
private func matchPattern(_ input: [UInt8]) {
    let parts = input.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
    guard let pattern = try? Pattern(String(decoding: parts[0], as: UTF8.self)) else { return }
    _ = pattern.matches(String(decoding: parts.last ?? [], as: UTF8.self))
}

private struct Host: KeyringHost {
    var identityFile = Array("AGE-SECRET-KEY-1URCHSYFPLJQ6AQW0HJTWU2RAM6ZVR6PAZGDF8L0LTMME53FYMELQ37T9V4\n".utf8)
    var identityFiles: [String] { ["keys.txt"] }

    /// For the identity above; holds the word "sample".
    static let sample = """
        -----BEGIN AGE ENCRYPTED FILE-----
        YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSAxanNMaXpaK3hwNGRpd3ly
        UkpJeklGQ0FpckROMGNzeWZ0Ums3cDVuQ2xNCmtKcjdZNm1SNGxHdUdONnFCSUJT
        cUg3MFo0NVFIRk01VlJNbGJNMVl1bGcKLS0tIGQrUUdSUXdqbXhoNlJERVZYeW1p
        SjlNbzZTbE9OWFdST0swYS8wWmpNRW8K76JunVTgcNGuFgPX+gvJCKxkpUzpttrU
        /gZ9mfYB8E+fAvWeTk4=
        -----END AGE ENCRYPTED FILE-----
        """

    func read(_ path: String, limit: Int) throws(KeyringHostError) -> SecretText? {
        path == "keys.txt" ? SecretText(SecretBytes(copying: identityFile.span)) : nil
    }

    func environment(_ name: String) -> SecretText? { nil }

    func output(of command: [String], recipient: String?) throws(KeyringHostError) -> SecretText {
        throw KeyringHostError("there are no commands here")
    }

    func passphrase(for purpose: String) throws(KeyringHostError) -> SecretText {
        throw KeyringHostError("there is no passphrase: trying one takes too long")
    }
}
