package import Diagnostics

/// What a file with secrets says, without its values: the keys, the kinds of the scalars, and where all that stands.
///
/// Where the file was opened, each scalar knows its range in the `SecretText` that belongs to the tree.
package struct SecretNode: Sendable {
    package let span: Span
    package let content: Content
    /// Where each key stands, once there are many.
    private let places: HashedPlaces?

    package enum Content: Sendable {
        case map([Entry])
        case list([SecretNode])
        case scalar(Kind, Range<Int>?)
    }

    package struct Entry: Sendable {
        package let key: String
        package let keySpan: Span
        package let value: SecretNode

        package init(key: String, keySpan: Span, value: SecretNode) {
            self.key = key
            self.keySpan = keySpan
            self.value = value
        }
    }

    /// What a scalar is. Its plaintext is the text of a string, and of the others what JSON writes.
    package enum Kind: Sendable {
        case string, integer, float, bool, null
        /// A string without a letter.
        case empty
        /// Infinity or NaN.
        case nonFinite
    }

    package init(_ content: Content, at span: Span) {
        self.content = content
        self.span = span
        if case .map(let entries) = content, entries.count > 12 {
            places = HashedPlaces(entries.count) { HashedPlaces.hash(entries[$0].key.utf8) }
        } else {
            places = nil
        }
    }

    /// The entries of a map; nothing if it is none.
    package var entries: [Entry] { if case .map(let entries) = content { entries } else { [] } }

    /// The value of a key, if this is a map that has it.
    package subscript(key: String) -> SecretNode? {
        let entries = entries
        guard let places else { return entries.first { $0.key.utf8.elementsEqual(key.utf8) }?.value }
        let place = places.place(HashedPlaces.hash(key.utf8)) { entries[$0].key.utf8.elementsEqual(key.utf8) }
        return place.map { entries[$0].value }
    }

    /// The node that keys, and places in lists, lead to.
    package func node(at steps: some Sequence<String>) -> SecretNode? {
        var node = self
        for step in steps {
            switch node.content {
            case .map:
                guard let value = node[step] else { return nil }
                node = value
            case .list(let items):
                guard let index = Int(step), items.indices.contains(index) else { return nil }
                node = items[index]
            case .scalar: return nil
            }
        }
        return node
    }
}
