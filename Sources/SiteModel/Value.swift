/// A value of the site and where it came from.
///
/// Cannot hold the plaintext of a secret: it carries a `SecretRef` instead, which the last step of an output fills in.
@usableFromInline package struct Value: Sendable {
    @usableFromInline package var content: Content
    @usableFromInline package var origin: Origin

    @inlinable package init(_ content: Content, _ origin: Origin) {
        self.content = content
        self.origin = origin
    }

    /// No larger than a text: what is large and seldom stands apart.
    @usableFromInline package enum Content: Sendable {
        case null
        case bool(Bool)
        case integer(Int)
        /// An integer outside the range of `Int`, in decimal: it stays exact.
        case bigInteger(String)
        case float(Double)
        case string(String)
        case list([Value])
        case map(Fields)
        case secret(SecretRef)
        /// A number of a pool of the site, until it is known which.
        case pooled(Key)
    }

    /// What a value is, without what it holds: to look at that takes no reference.
    @usableFromInline package enum Kind: Sendable {
        case null, bool, integer, bigInteger, float, string, list, map, secret, pooled

        /// Whether there may be secrets in it, or it is one.
        @inlinable package var mayHoldSecrets: Bool { self == .list || self == .map || self == .secret }
    }

    @inlinable package static func string(_ text: String, _ origin: Origin) -> Value { Value(.string(text), origin) }

    /// The text, if it is text.
    @inlinable package var string: String? { if case .string(let text) = content { text } else { nil } }
    package var integer: Int? { if case .integer(let number) = content { number } else { nil } }
    @inlinable package var list: [Value]? { if case .list(let items) = content { items } else { nil } }
    @inlinable package var map: Fields? { if case .map(let fields) = content { fields } else { nil } }
    @inlinable package var isNull: Bool { if case .null = content { true } else { false } }

    /// The value as a name is looked up: what text Python makes of a scalar. Nil for null, lists and maps.
    @inlinable package var name: String? { if case .string(let text) = content { text } else { nameOfOther } }

    @usableFromInline var nameOfOther: String? {
        switch content {
        case .string(let text): text
        case .integer(let number): String(number)
        case .bigInteger(let digits): digits
        case .float(let number): number.description
        case .bool(let value): value ? "True" : "False"
        default: nil
        }
    }
}

extension Value.Content {
    /// The number, if it is one that is finite.
    package var number: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .float(let number): number.isFinite ? number : nil
        default: nil
        }
    }

    /// Whether it is a map that has that key.
    package func has(_ key: Key) -> Bool { if case .map(let fields) = self { fields.contains(key) } else { false } }

    @inlinable package var kind: Value.Kind {
        switch self {
        case .null: .null
        case .bool: .bool
        case .integer: .integer
        case .bigInteger: .bigInteger
        case .float: .float
        case .string: .string
        case .list: .list
        case .map: .map
        case .secret: .secret
        case .pooled: .pooled
        }
    }
}

extension Value.Content: Equatable {
    /// Equal by type and value; where the values came from does not count.
    @usableFromInline package static func == (left: Value.Content, right: Value.Content) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.bigInteger(let left), .bigInteger(let right)): left == right
        case (.float(let left), .float(let right)): left == right
        case (.string(let left), .string(let right)): left.isSame(as: right)
        case (.list(let left), .list(let right)): left.elementsEqual(right) { $0.content == $1.content }
        case (.map(let left), .map(let right)): left == right
        case (.secret(let left), .secret(let right)): left == right
        case (.pooled(let left), .pooled(let right)): left == right
        default: false
        }
    }
}

extension Value {
    /// The kind of value, as a diagnostic names it.
    package var phrase: String {
        switch content {
        case .null: "null"
        case .bool(let value): "the boolean \(value)"
        case .integer(let number): "the number \(number)"
        case .bigInteger(let digits): "the number \(digits)"
        case .float(let number): "the number \(number)"
        case .string(let text): URLPassword.isIn(text) ? "a text with a password in it" : "the text \"\(text)\""
        case .list: "a list"
        case .map: "a map"
        case .secret(let ref): "the secret \(ref.path)"
        case .pooled(let pool): "a number of the pool \(pool)"
        }
    }
}
