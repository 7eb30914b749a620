/// Texts that are almost YAML: small random edits of files, and random documents. The same seed gives the same texts.
///
/// What they are for: two readers must agree about every one of them.
package struct YAMLEdits {
    private var state: UInt64
    private let files: [[UInt8]]

    package init(of files: [[UInt8]], seed: UInt64) {
        state = seed
        self.files = files.filter { !$0.isEmpty }
    }

    package mutating func next() -> [UInt8] {
        guard !files.isEmpty, below(4) > 0 else {
            var text: [UInt8] = []
            if below(8) == 0 { text += "---\n".utf8 }
            appendMap(to: &text, indent: below(12) == 0 ? 1 : 0, depth: 0)
            if below(6) == 0 { text.removeLast() }
            if below(2) == 0 { edit(&text) }
            return text
        }
        var text = piece(of: files[below(files.count)])
        for _ in 0...below(3) { edit(&text) }
        return text
    }

    // MARK: Edits

    /// Some lines of a file, or all of a short one.
    private mutating func piece(of file: [UInt8]) -> [UInt8] {
        guard file.count > 600 else { return file }
        var start = below(file.count - 300)
        while start > 0, file[start - 1] != 0x0A { start -= 1 }
        // So that the first line, and with it what stands below, begins as far to the left as a file does.
        while start > 0, file[start] == 0x20 || file[start] == 0x2D || file[start] == 0x0A {
            start -= 1
            while start > 0, file[start - 1] != 0x0A { start -= 1 }
            if below(200) == 0 { break }
        }
        var end = min(start + 100 + below(500), file.count)
        while end < file.count, file[end - 1] != 0x0A { end += 1 }
        return Array(file[start..<min(end, start + 3000)])
    }

    private mutating func edit(_ text: inout [UInt8]) {
        let place = below(text.count + 1)
        switch below(12) {
        case 0..<3: text.insert(contentsOf: sign(), at: place)
        case 3..<6: text.replaceSubrange(place..<min(place + 1, text.count), with: sign())
        case 6, 7: text.removeSubrange(place..<min(place + 1 + below(3), text.count))
        case 8: text.insert(contentsOf: sign() + sign(), at: place)
        default:
            // Most of what may go wrong is about where a line begins.
            let line = text[..<place].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
            switch below(5) {
            case 0, 1: text.insert(contentsOf: [UInt8](repeating: 0x20, count: 1 + below(4)), at: line)
            case 2: text.insert(contentsOf: sign(), at: line)
            default:
                let spaces = text[line...].prefix { $0 == 0x20 }.count
                text.removeSubrange(line..<(line + min(spaces, 1 + below(4))))
            }
        }
    }

    private static let signs =
        [
            ":", ": ", " :", ":\n", "-", "- ", "- -", "\n- ", "#", " #", " ", "  ", "\n", "\n\n", "\n ", "\n  ", "\t",
            "\"", "'",
            "''", "\\", "\\n", "[", "]", "{", "}", ", ", ",", "[]", "{}", "[a, b]", "{a: b}", "&", "&a ", "*", "*a",
            "!", "!!",
            "!secret ", "!append ", "!unset", "!unset ", "!raw ", "!str", "|", "|\n", "|-\n  ", ">", "%", "@", "`", "?",
            "? ",
            "<<: ", "<<", "=", "~", "---", "--- ", "---\n", "...", ".", "/", "$", "$secret", "\u{85}", "\u{A0}",
            "\u{2028}",
            "\u{2029}", "\u{FEFF}", "\u{7F}", "\u{80}", "é", "☕", "😀", "\u{FFFE}", "\u{FFFF}", "0", "1", "7", "9", "0x",
            "0o",
            "_", "+", "e", "E", "a", "z", "yes", "on", "true", "null", "12:30", "2001-01-01", "1.5", "\0", "\u{1}",
            "\r", "\r\n",
            "a: b\n", "a:\n", "b", "x y",
        ].map { Array($0.utf8) } + [
            [0x85], [0xC2], [0xC3], [0xE2, 0x80], [0xFF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
        ]

    private mutating func sign() -> [UInt8] { Self.signs[below(Self.signs.count)] }

    // MARK: Documents

    private mutating func appendMap(to text: inout [UInt8], indent: Int, depth: Int, isInside: Bool = false) {
        for index in 0...below(depth == 0 ? 6 : 4) {
            if index > 0 || !isInside { text += [UInt8](repeating: 0x20, count: indent) }
            let name = below(30) == 0 ? "k" : "k\(below(1000))"
            text += Self.keys[below(Self.keys.count)].replacing("K", with: name).utf8
            text += below(25) == 0 ? " :".utf8 : ":".utf8
            appendValue(to: &text, indent: indent, depth: depth)
        }
    }

    private mutating func appendList(to text: inout [UInt8], indent: Int, depth: Int, isInside: Bool = false) {
        for index in 0...below(4) {
            if index > 0 || !isInside { text += [UInt8](repeating: 0x20, count: indent) }
            text += "-".utf8
            let gap = below(6) == 0 ? 3 : 1
            switch below(8) {
            case 0 where depth < 6:
                text += [UInt8](repeating: 0x20, count: gap)
                appendList(to: &text, indent: indent + 1 + gap, depth: depth + 1, isInside: true)
            case 1 where depth < 6, 2 where depth < 6:
                text += [UInt8](repeating: 0x20, count: gap)
                appendMap(to: &text, indent: indent + 1 + gap, depth: depth + 1, isInside: true)
            default: appendValue(to: &text, indent: indent, depth: depth)
            }
        }
    }

    private mutating func appendValue(to text: inout [UInt8], indent: Int, depth: Int) {
        if below(20) == 0 { text += " \(Self.tags[below(Self.tags.count)])".utf8 }
        let kind = below(12)
        if kind < 3, depth < 6 {
            appendRemark(to: &text)
            let isList = kind == 0
            let deeper = indent + (isList && below(2) == 0 ? 0 : below(15) == 0 ? below(3) : 2)
            if isList { appendList(to: &text, indent: deeper, depth: depth + 1) }
            if !isList { appendMap(to: &text, indent: deeper, depth: depth + 1) }
            return
        }
        switch kind {
        case 3:
            text += " ".utf8
            appendBrackets(to: &text, depth: 0)
        case 4 where below(2) == 0:
            text += [" |", " |-", " |+", " | # x", " |2", " >"][below(6)].utf8
            text += "\n".utf8
            for _ in 0...below(3) {
                text += [UInt8](repeating: 0x20, count: indent + (below(9) == 0 ? below(5) : 2))
                text += ["a", "# b", "- c", "", "", "d: e ", "é"][below(7)].utf8
                text += "\n".utf8
            }
            return
        case 5: break
        default: text += " \(Self.scalars[below(Self.scalars.count)])".utf8
        }
        appendRemark(to: &text)
    }

    private mutating func appendBrackets(to text: inout [UInt8], depth: Int) {
        let isMap = below(2) == 0
        text += isMap ? "{".utf8 : "[".utf8
        for index in 0..<below(4) {
            if index > 0 { text += [", ", ",", " , ", ", "][below(4)].utf8 }
            if isMap { text += ["a\(below(9)): ", "'b': ", "\"c\":", "d : ", "e:", "f"][below(6)].utf8 }
            if depth < 3, below(4) == 0 {
                appendBrackets(to: &text, depth: depth + 1)
            } else {
                text += Self.scalars[below(Self.scalars.count)].utf8
            }
        }
        if below(12) == 0 { text += ", ".utf8 }
        text += isMap ? "}".utf8 : "]".utf8
    }

    private mutating func appendRemark(to text: inout [UInt8]) {
        text += ["", "", "", "", " ", " # x", "  # é: - y", "\n# z", "\n\n", "\n  # k: v"][below(10)].utf8
        text += "\n".utf8
    }

    private static let keys =
        [
            "K", "K", "K", "K", "'K'", "\"K\"", "K b", "K.c/d", "é-K", "1K", "-K", "$secret", "8K", "0xK", "K#", "-1",
            "K:x",
        ]
    private static let tags = [
        "!secret", "!append", "!replace", "!raw", "!unset", "!force", "!alloc", "!!str", "!none", "&a",
    ]
    private static let scalars = [
        "a", "b c", "12", "0", "-5", "007", "0x1F", "1.5", "-0.5", "1e3", "10.0.0.1", "10.0.0.1/24", "12:30",
        "00:11:22:33:44:55",
        "2001-01-01", "2001-13-45", "true", "False", "yes", "off", "null", "~", "nULL", "'q'", "\"r\"", "'s''t'",
        "\"u\\\"v\"",
        "\"\\n\"", "\"\\x41\"", "''", "\"\"", "a: b", "a:b", "a #b", "a#b", "http://x:y@z/", "- x", "-", "-x", "--",
        "?", "?x",
        ":", ":x", "x:", "*a", "&a b", "!secret a.b", "!secret 017", "!append x", "!raw '{{ x }}'", "!unset", "{{ x }}",
        "%x",
        "@x", "`x`", "|", ">", "=", "<<", "<", "é", "\"é☕\"", "1_000", ".5", "-.5", ".inf", "5.", "1.2.3", "0o17", "08",
        "+1",
        "99999999999999999999", "'a' b", "\"a\"b", "'a'#b", "[a", "a]", "{a", "a}", "a, b", ",", "x\ty", "$x", "(y)",
    ]

    private mutating func below(_ count: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ (z >> 31)) % UInt64(count))
    }
}
