internal import Diagnostics
internal import YAMLSyntax

/// A comment that says which findings of a line are meant: `# resolve: allow R0801,R0805 REASON`.
struct AllowComment: Sendable {
    let span: Span
    /// The line that it is about, counted from 1: its own, or, where it stands alone, the next that says something.
    let line: Int
    let text: Text

    /// What it says.
    enum Text: Equatable, Sendable {
        case allow(codes: [String], hasReason: Bool)
        /// The word that stands where `allow` should; empty if no code follows.
        case unreadable(String)

        /// Nil for a comment that is not meant for `resolve`.
        init?(_ comment: String) {
            var rest = comment.drop { $0 == "#" }.drop(while: \.isBlank)
            guard rest.hasPrefix(AllowComment.mark) else { return nil }
            rest = rest.dropFirst(AllowComment.mark.count).drop(while: \.isBlank)
            let verb = rest.prefix { !$0.isBlank }
            rest = rest.dropFirst(verb.count).drop(while: \.isBlank)
            guard verb == "allow", !rest.isEmpty else {
                self = .unreadable(verb == "allow" ? "" : String(verb))
                return
            }
            var codes: [String] = []
            repeat {
                let code = rest.prefix { $0 != "," && !$0.isBlank }
                let number = code.dropFirst()
                let isCode = ["r", "R"].contains(code.first) && number.allSatisfy { $0.isASCII && $0.isNumber }
                codes.append(isCode ? code.uppercased() : String(code))
                rest = rest.dropFirst(code.count).drop(while: \.isBlank)
            } while Self.takeComma(&rest)
            self = .allow(codes: codes, hasReason: !rest.isEmpty)
        }

        private static func takeComma(_ rest: inout Substring) -> Bool {
            guard rest.first == "," else { return false }
            rest = rest.dropFirst().drop(while: \.isBlank)
            return true
        }
    }

    /// What such a comment begins with: a file without it is not looked at.
    static let mark = "resolve:"
}

/// What the comments of one file allow.
struct FileAllowances: Sendable {
    let comments: [AllowComment]
    /// The first line that says something: there stands what is found of the file as a whole.
    let firstLine: Int

    /// Nil if there are none. A comment of a secret text is no text.
    init?(_ tree: SyntaxTree) {
        let source = tree.source
        guard !source.isSecret, source.holds(AllowComment.mark, by: 4) else { return nil }
        let all = tree.comments()
        let found = all.compactMap { span in AllowComment.Text(source.text(of: span)).map { (span: span, text: $0) } }
        guard !found.isEmpty else { return nil }
        let lines = CommentedLines(source, all)
        comments = found.map { comment in
            let line = lines.line(of: comment.span)
            let target = lines.isAlone(comment.span) ? lines.nextThatSaysSomething(after: line) : line
            return AllowComment(span: comment.span, line: target, text: comment.text)
        }
        firstLine = lines.nextThatSaysSomething(after: 0)
    }
}

/// The lines of a text, and which of them are comments only.
private struct CommentedLines {
    private let table: LineTable
    private let count: Int
    private var commentsOnly: Set<Int> = []

    init(_ source: Source, _ comments: [Span]) {
        table = LineTable(source)
        count = table.position(of: UInt32(source.bytes.count)).line
        for comment in comments where isAlone(comment) { commentsOnly.insert(line(of: comment)) }
    }

    func line(of span: Span) -> Int { table.position(of: span.start).line }

    /// Whether nothing but blanks stands before a comment.
    func isAlone(_ comment: Span) -> Bool {
        let place = table.position(of: comment.start)
        return table.bytes(ofLine: place.line).prefix(place.column - 1).allSatisfy { $0 == 0x20 || $0 == 0x09 }
    }

    /// The next line that is no comment, not blank and no mark of a document; behind the last one, if there is none.
    func nextThatSaysSomething(after line: Int) -> Int {
        var next = line + 1
        while next <= count, commentsOnly.contains(next) || isEmpty(next) { next += 1 }
        return next
    }

    private func isEmpty(_ line: Int) -> Bool {
        let bytes = table.bytes(ofLine: line)
        if bytes.first == UInt8(ascii: "%") { return true }
        let rest = bytes.starts(with: "---".utf8) ? bytes.dropFirst(3) : bytes
        let first = rest.first { $0 != 0x20 && $0 != 0x09 }
        return first == nil || (rest.count < bytes.count && first == UInt8(ascii: "#"))
    }
}

extension Character {
    fileprivate var isBlank: Bool { self == " " || self == "\t" }
}
