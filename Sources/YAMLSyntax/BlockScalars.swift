internal import Diagnostics

// The scalars that `BlockReader` knows.

extension BlockReader {
    /// A scalar on one line. (Small, so that it is returned in registers.)
    struct Scalar {
        private let places: (start: UInt32, end: UInt32, next: UInt32)
        let style: ScalarStyle
        /// A colon comes next, with a blank or the line's end behind it.
        let isKey: Bool
        /// It has escapes, or a doubled quote.
        let isEscaped: Bool

        init(start: Int, end: Int, next: Int, style: ScalarStyle, isKey: Bool, isEscaped: Bool = false) {
            places = (
                UInt32(truncatingIfNeeded: start), UInt32(truncatingIfNeeded: end), UInt32(truncatingIfNeeded: next)
            )
            self.style = style
            self.isKey = isKey
            self.isEscaped = isEscaped
        }

        var start: Int { Int(places.start) }
        /// Behind it, a closing quote included.
        var end: Int { Int(places.end) }
        /// What comes behind it and the blanks.
        var next: Int { Int(places.next) }
    }

    /// What stands behind `key:` or `- `, or in brackets, if it is no scalar without a tag.
    ///
    /// - Returns: the index behind it.
    mutating func value(_ text: Letters, _ at: Int) throws(GivesUp) -> Int {
        if let found = try Self.scalar(text, at) {
            guard !found.isKey else { throw .here }
            try add(found, text)
            return found.end
        }
        top.waiting = nil
        switch text.letter(at) {
        case UInt8(ascii: "["), UInt8(ascii: "{"): return try brackets(text, at, depth: 1)
        case UInt8(ascii: "!"): return try tagged(text, at, depth: 0)
        case UInt8(ascii: "|"): return try literal(text, at)
        default: throw .here
        }
    }

    /// A scalar in a block that begins there; nil if something else does.
    @inline(__always)
    static func scalar(_ text: Letters, _ start: Int) throws(GivesUp) -> Scalar? {
        let first = text.letter(start)
        switch Self.class(of: first) {
        case .plain: break
        case .dash:
            guard !text.isIndicator(.dash, start) else { throw .here }
        case .quote: return try quoted(text, start, by: first)
        case .other: return nil
        }
        var next = start &+ 1
        scan: while true {
            next = text.skippingOthers(than: .newline, .colon, .hash, next)
            switch text.letter(next) {
            case .newline: break scan
            case .colon:
                let behind = text.letter(next &+ 1)
                if behind == .space || behind == .newline { break scan }
            case .hash: if text.letter(next &- 1) == .space { break scan }
            default: break
            }
            next &+= 1
        }
        var end = next
        while text.letter(end &- 1) == .space { end &-= 1 }
        return Scalar(start: start, end: end, next: next, style: .plain, isKey: text.letter(next) == .colon)
    }

    /// A scalar in quotes: what comes behind it, too.
    static func quoted(_ text: Letters, _ start: Int, by quote: UInt8) throws(GivesUp) -> Scalar {
        var end = start &+ 1
        var isEscaped = false
        let isDouble = quote == UInt8(ascii: "\"")
        while true {
            end = text.skippingOthers(than: quote, .newline, UInt8(ascii: "\\"), end)
            let letter = text.letter(end)
            end &+= 1
            // Behind both quotes in ASCII: nearly all letters.
            if letter > UInt8(ascii: "'"), letter != UInt8(ascii: "\\") { continue }
            if letter == quote {
                guard !isDouble, text.letter(end) == quote else { break }
                isEscaped = true
                end &+= 1
            } else if letter == .newline {
                throw .here
            } else if isDouble, letter == UInt8(ascii: "\\") {
                isEscaped = true
                end &+= 1
                guard text.letter(end &- 1) != .newline else { throw .here }
            }
        }
        let next = text.skippingSpaces(end)
        return Scalar(
            start: start, end: end, next: next, style: isDouble ? .doubleQuoted : .singleQuoted,
            isKey: text.isIndicator(.colon, next), isEscaped: isEscaped)
    }

    enum Class { case plain, dash, quote, other }

    /// What a scalar can begin with.
    @inline(__always)
    static func `class`(of letter: UInt8) -> Class {
        if letter < 0x40 {
            if plainStarts & (1 << UInt64(letter)) != 0 { return .plain }
            if letter == .dash { return .dash }
            return letter == UInt8(ascii: "\"") || letter == UInt8(ascii: "'") ? .quote : .other
        }
        switch letter {
        case UInt8(ascii: "@"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "`"), UInt8(ascii: "{"),
            UInt8(ascii: "|"), UInt8(ascii: "}"):
            return .other
        default: return .plain
        }
    }

    /// `$ ( ) + . /`, digits, `; < =`.
    private static let plainStarts: UInt64 =
        1 << 0x24 | 0b11 << 0x28 | 1 << 0x2B | 0b11 << 0x2E | 0x3FF << 0x30 | 0b111 << 0x3B

    // MARK: Into the arena

    /// Adds a value.
    @inline(__always)
    mutating func add(_ scalar: Scalar, _ text: Letters, _ tag: Tag? = nil) throws(GivesUp) {
        guard waitingTag == nil else { throw .here }
        top.waiting = nil
        var node = SyntaxTree.Node(
            kind: .scalar, style: scalar.style, start: UInt32(truncatingIfNeeded: scalar.start),
            end: UInt32(truncatingIfNeeded: scalar.end), next: UInt32(truncatingIfNeeded: nodes.count &+ 1))
        store(scalar, text, in: &node)
        if scalar.isEscaped { try decode(scalar, text, in: &node) }
        if let tag {
            if !tag.tag.speaksOfMerging { node.start = UInt32(tag.start) }
            note(tag, on: &node)
        }
        if scalar.style == .plain, tag.map({ $0.tag.leavesType }) ?? true {
            try resolve(scalar, text, &node)
        }
        if isSecret { noteUnusual(node) }
        nodes.append(node)
        lastEnd = scalar.end
    }

    private mutating func resolve(
        _ scalar: Scalar, _ text: Letters, _ node: inout SyntaxTree.Node
    ) throws(GivesUp) {
        if let type = ScalarType.ofCommon(text, scalar.start, scalar.end) {
            node.type = type
            return
        }
        tree.mayDifferInYAML12 = true
        let (type, hasValue) = withLetters(text, scalar) { letters in
            let type = ScalarType.resolveByPattern(letters)
            return (type, type == .string || ScalarValue.make(letters, as: type) != nil)
        }
        guard hasValue else { throw .here }
        node.type = type
    }

    /// Lends the letters of a plain scalar; a copy of secret ones is overwritten.
    private func withLetters<R>(_ text: Letters, _ scalar: Scalar, _ body: (ArraySlice<UInt8>) -> R) -> R {
        guard isSecret else { return body(tree.source.bytes[scalar.start..<scalar.end]) }
        var letters = [UInt8](repeating: 0, count: scalar.end - scalar.start)
        for index in letters.indices { letters[index] = text.letter(scalar.start + index) }
        defer { for index in letters.indices { letters[index] = 0 } }
        return body(letters[...])
    }

    @inline(__always)
    mutating func addKey(_ key: Scalar, _ text: Letters) throws(GivesUp) {
        guard !key.isEscaped, key.next - key.start < Self.longestKey else { throw .here }
        var node = SyntaxTree.Node(
            kind: .scalar, style: key.style, start: UInt32(truncatingIfNeeded: key.start),
            end: UInt32(truncatingIfNeeded: key.end), next: UInt32(truncatingIfNeeded: nodes.count &+ 1))
        let inset = key.style == .plain ? 0 : 1
        if text.letter(key.start &+ inset) == UInt8(ascii: "$") {
            tree.note(key: text.extracting((key.start + inset)..<(key.end - inset)))
        }
        store(key, text, in: &node)
        if isSecret {
            node.text = UInt32(decoded.count)
            node.flags.insert(.isDecoded)
            decoded.append(text, key.start &+ inset, key.end &- inset)
        }
        if key.style == .plain { try resolveKey(key, text, &node) }
        keys.append(text.fingerprint(key.start &+ inset, key.end &- inset))
        nodes.append(node)
        lastEnd = key.end
    }

    /// Makes sure that a key is text as it is written.
    @inline(__always)
    private mutating func resolveKey(
        _ key: Scalar, _ text: Letters, _ node: inout SyntaxTree.Node
    ) throws(GivesUp) {
        switch ScalarType.ofCommon(text, key.start, key.end) {
        case .string: break
        case .integer: node.type = .integer
        case nil:
            guard withLetters(text, key, ScalarType.resolveByPattern) == .string else { throw .here }
            tree.mayDifferInYAML12 = true
        default: throw .here
        }
    }

    /// libyaml looks for a key's colon no further than 1024 characters.
    private static let longestKey = 1000

    /// Notes where the text is.
    @inline(__always)
    private mutating func store(_ scalar: Scalar, _ text: Letters, in node: inout SyntaxTree.Node) {
        let inset = scalar.style == .plain ? 0 : 1
        let start = scalar.start &+ inset
        let end = scalar.end &- inset
        node.count = UInt32(truncatingIfNeeded: end &- start)
        node.text = UInt32(truncatingIfNeeded: start)
    }

    /// Notes the next node, a secret, if it means something else than what stands there.
    @inline(__always)
    private mutating func noteUnusual(_ node: SyntaxTree.Node) {
        if node.flags.contains(.isDecoded) || (node.type != .string && node.type != .null) {
            unusual.append(UInt32(truncatingIfNeeded: nodes.count))
        }
    }

    /// Undoes escapes, the common ones.
    private mutating func decode(_ scalar: Scalar, _ text: Letters, in node: inout SyntaxTree.Node) throws(GivesUp) {
        let first = decoded.count
        var at = scalar.start + 1
        while at < scalar.end - 1 {
            var letter = text.letter(at)
            if scalar.style == .singleQuoted {
                if letter == UInt8(ascii: "'") { at += 1 }
            } else if letter == UInt8(ascii: "\\") {
                at += 1
                switch text.letter(at) {
                case UInt8(ascii: "n"): letter = 0x0A
                case UInt8(ascii: "t"): letter = 0x09
                case UInt8(ascii: "r"): letter = 0x0D
                case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "/"): letter = text.letter(at)
                default: throw .here
                }
            }
            decoded.append(letter)
            at += 1
        }
        node.text = UInt32(first)
        node.count = UInt32(decoded.count - first)
        node.flags.insert(.isDecoded)
        guard !isSecret, let place = placeOfDecoded(from: first, node) else { return }
        node.text = place
        node.flags.remove(.isDecoded)
        decoded.removeAll(from: first)
    }

    private func placeOfDecoded(from first: Int, _ node: SyntaxTree.Node) -> UInt32? {
        let letters = (first..<decoded.count).map { decoded[$0] }
        return tree.source.place(of: letters.span, in: node)
    }

    // MARK: Tags

    /// A scalar behind a tag of ours, or something in brackets, or the tag of what begins on the next line.
    ///
    /// - Parameter depth: how many brackets are open.
    mutating func tagged(_ text: Letters, _ start: Int, depth: Int) throws(GivesUp) -> Int {
        var end = start + 1
        while text.letter(end) >= UInt8(ascii: "a"), text.letter(end) <= UInt8(ascii: "z") { end += 1 }
        guard !isSecret, let own = OwnTag(text.extracting(start..<end)) else { throw .here }
        let tag = Tag(tag: own, start: start, end: end)
        let at = text.skippingSpaces(end)
        let letter = text.letter(at)
        let isEmpty = letter == .newline || (letter == .hash && at > end)
        if own == .unset, isEmpty || (depth > 0 && at > end && [.comma, 0x5D, 0x7D].contains(letter)) {
            addUnset(tag)
            return end
        }
        if isEmpty {
            guard own.speaksOfMerging, own != .unset, depth == 0 else { throw .here }
            top.waiting = end
            waitingTag = tag
            return end
        }
        guard at > end else { throw .here }
        let found = depth > 0 ? try Self.scalarInBrackets(text, at) : try Self.scalar(text, at)
        if let found {
            guard !found.isKey else { throw .here }
            try add(found, text, tag)
            return found.end
        }
        guard letter == UInt8(ascii: "[") || letter == UInt8(ascii: "{"), own.speaksOfMerging else { throw .here }
        waitingTag = tag
        return try brackets(text, at, depth: depth + 1)
    }

    /// `!unset` with nothing behind it.
    private mutating func addUnset(_ tag: Tag) {
        var node = SyntaxTree.Node(
            kind: .scalar, type: .null, start: UInt32(tag.start), end: UInt32(tag.end), text: UInt32(tag.end),
            next: UInt32(nodes.count + 1))
        note(tag, on: &node)
        nodes.append(node)
        lastEnd = tag.end
    }

    // MARK: Texts

    /// A text of several lines behind `|`, whose first line says how far all of it is indented.
    ///
    /// - Returns: the index of the last line's end.
    private mutating func literal(_ text: Letters, _ start: Int) throws(GivesUp) -> Int {
        var at = start + 1
        let chomping = text.letter(at)
        if chomping == .dash || chomping == UInt8(ascii: "+") { at += 1 }
        let afterSigns = at
        at = text.skippingSpaces(at)
        if text.letter(at) == .hash, at > afterSigns { at = text.endOfLine(at) }
        guard text.letter(at) == .newline else { throw .here }
        let indent = text.skippingSpaces(at + 1) - (at + 1)
        guard indent > top.indent, indent > 0, text.letter(at + 1 + indent) != .newline else { throw .here }
        let first = decoded.count
        /// The text without what is chomped.
        var count = first
        at += 1
        while true {
            // An empty line has no more blanks than the indentation.
            let line = at
            while at - line < indent, text.letter(at) == .space { at += 1 }
            guard at < text.count else { break }
            if text.letter(at) == .newline {
                decoded.append(.newline)
                at += 1
                continue
            }
            guard at - line == indent else {
                at = line
                break
            }
            let end = text.endOfLine(at)
            // Without a last line's end it is another text.
            guard end < text.count else { throw .here }
            decoded.append(text, at, end)
            count = decoded.count
            decoded.append(.newline)
            at = end + 1
        }
        if chomping == .dash {
            decoded.removeAll(from: count)
        } else if chomping != UInt8(ascii: "+") {
            decoded.removeAll(from: count + 1)
        }
        var end = at
        while text.letter(end - 1) == .space || text.letter(end - 1) == .newline { end -= 1 }
        var node = SyntaxTree.Node(
            kind: .scalar, style: .literal, flags: .isDecoded, start: UInt32(start), end: UInt32(end),
            text: UInt32(first), count: UInt32(decoded.count - first), next: UInt32(nodes.count + 1))
        node.type = .string
        if isSecret { noteUnusual(node) }
        nodes.append(node)
        lastEnd = end
        return at - 1
    }
}
