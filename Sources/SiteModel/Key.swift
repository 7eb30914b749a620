/// A key of a map, or an entity's name: text that compares by its UTF-8 bytes.
///
/// `String ==` holds texts for equal that differ in their Unicode normal form; files and YAML maps do not.
package struct Key: Hashable, Sendable, Comparable, CustomStringConvertible, ExpressibleByStringLiteral {
    package let text: String

    package init(_ text: String) { self.text = text }

    package init(stringLiteral text: String) { self.text = text }

    package var description: String { text }

    package static func == (left: Key, right: Key) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    package static func < (left: Key, right: Key) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    /// `ssh_keys.joe` without `ssh_keys.` is `joe`; a name that does not begin so stays as it is.
    package func without(prefix: Key) -> Key {
        let prefix = prefix.text + "."
        return text.hasPrefix(prefix) ? Key(String(text.dropFirst(prefix.count))) : self
    }

    package func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
        hasher.combine(0xFF as UInt8)
    }
}
