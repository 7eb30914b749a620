package import Diagnostics
internal import SecretMemory

/// An encrypted file, recognised by its content, never by its name.
package enum SealedFile: Sendable {
    case age(AgeFile)
    case sops(SOPSFile)

    /// Reads an encrypted file; nil if the text is not encrypted.
    ///
    /// What is recognised and cannot be read is reported, with no file.
    package static func read(_ source: Source) -> (file: SealedFile?, diagnostics: [Diagnostic])? {
        let place = Span.startOfFile(source.id)
        for (mark, form) in [
            ("$ANSIBLE_VAULT;", "ansible-vault"), ("-----BEGIN PGP MESSAGE-----", "PGP"),
            ("-----BEGIN PKCS7-----", "PKCS#7"), ("Salted__", "OpenSSL"),
        ] where source.bytes.starts(with: mark.utf8) {
            return (nil, [.unsupportedFile(source.path, form, at: place)])
        }
        if AgeFile.isAge(source.bytes) {
            do throws(AgeError) {
                return (.age(try AgeFile(source.bytes)), [])
            } catch {
                return (nil, [.damaged(source.path, error.message, at: place)])
            }
        }
        if let sops = SOPSFile.read(source) { return (sops.file.map { .sops($0) }, sops.diagnostics) }
        return SOPSFile.holdsCiphertext(source) ? (nil, [.lostMetadata(source.path, at: place)]) : nil
    }

    /// The file's plaintext, verified: of an age file its bytes, of a SOPS file its tree.
    package func open(
        _ source: Source, _ keyring: Keyring
    ) -> (secrets: OpenedSecrets?, diagnostics: [Diagnostic]) {
        switch self {
        case .sops(let file): return file.open(keyring)
        case .age(let file):
            let place = Span.startOfFile(source.id)
            do throws(AgeError) {
                let text = try keyring.open(file, named: source.path)
                let bytes = SecretNode(.scalar(.string, 0..<text.count), at: place)
                return (OpenedSecrets(documents: [bytes], text: text, isBinary: true), [])
            } catch {
                guard error == .noMatch else { return (nil, [.damaged(source.path, error.message, at: place)]) }
                let fitting = keyring.protectedKeys(fitting: file)
                return (nil, [.noIdentity(source.path, file.recipients, keyring, fitting, at: place)])
            }
        }
    }
}
