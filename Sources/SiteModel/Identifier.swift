/// A name of letters, digits and `_`, no digit first: what Ansible's groups and variables, and Prometheus's labels are called.
package enum Identifier {
    package static func isOne(_ name: Key) -> Bool { !name.text.isEmpty && made(of: name) == name }

    /// The name as an identifier: whatever else stands in it becomes `_`, and a digit gets one before it.
    package static func made(of name: Key) -> Key {
        let letters = name.text.unicodeScalars.map { isLetterOrDigit($0) ? Character($0) : "_" }
        let isDigit = name.text.utf8.first.map { (0x30...0x39).contains($0) } ?? false
        return Key((isDigit ? "_" : "") + String(letters))
    }

    /// A better name for one that is no identifier; nil if nothing of it would be left.
    package static func suggestion(for name: Key) -> Key? {
        let better = made(of: name)
        return better.text.utf8.allSatisfy { $0 == UInt8(ascii: "_") } ? nil : better
    }

    private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "0"..."9", "A"..."Z", "a"..."z", "_": true
        default: false
        }
    }
}
