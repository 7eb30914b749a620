import Secrets
import Testing

/// What expressions match in Go (1.27), found by running it.
@Suite struct PatternTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let pattern: String
        let text: String
        let isMatch: Bool

        init(_ pattern: String, _ text: String, _ isMatch: Bool) {
            (self.pattern, self.text, self.isMatch) = (pattern, text, isMatch)
        }

        var testDescription: String { "\(pattern) in \(text.debugDescription)" }
    }

    static let rules = [
        Row("^(data|stringData)$", "data", true), Row("^(data|stringData)$", "stringData", true),
        Row("^(data|stringData)$", "metadata", false), Row("^(data|stringData)$", "data\n", false),
        Row("(?i)^(.*_)?(pass(word)?|secret|token)$", "DB_Password", true),
        Row("(?i)^(.*_)?(pass(word)?|secret|token)$", "password_hint", false),
        Row(#"secrets/[^/]+\.enc\.ya?ml$"#, "a/secrets/b.enc.yml", true),
        Row(#"secrets/[^/]+\.enc\.ya?ml$"#, "a/secrets/b/c.enc.yml", false),
        Row("", "", true), Row("", "anything", true), Row("b", "abc", true), Row("d", "abc", false),
    ]

    static let operators = [
        Row("^ab*c$", "ac", true), Row("^ab*c$", "abbbc", true), Row("^ab+c$", "ac", false),
        Row("^ab?c$", "abbc", false),
        Row("^ab*?c$", "abbc", true), Row("^ab+?c??$", "abb", true), Row("^a{2}?$", "aa", true),
        Row("^a{2}$", "aa", true), Row("^a{2}$", "aaa", false), Row("^a{2,}$", "a", false),
        Row("^a{2,}$", "aaaa", true),
        Row("^a{1,3}$", "aaa", true), Row("^a{1,3}$", "aaaa", false), Row("^a{0}$", "", true),
        Row("^a{0}b$", "ab", false),
        Row("^a{,2}$", "a{,2}", true), Row("^a{$", "a{", true), Row("^a{01}$", "a{01}", true), Row("^{2$", "{2", true),
        Row("^(?:a|b|)c$", "bc", true), Row("^(?:a|b|)c$", "c", true), Row("^(?:a|b|)c$", "abc", false),
        Row("^a|b$", "ax", true), Row("^a|b$", "xb", true), Row("^a|b$", "xax", false), Row("a||b", "", true),
        Row("^(?:(a+)(b|c))*d$", "aabacd", true), Row("^(?:a*)*$", "aaa", true), Row("^(?:|a)+$", "aaa", true),
        Row("^(?P<first>a)(?<second>b)$", "ab", true), Row("()", "", true), Row("^*a", "ba", true),
        Row("a(?i)*", "", true), Row("^(?:a{2}){3}$", "aaaaaa", true), Row("^(?:a{2}){3}$", "aaaaa", false),
        Row("^(?:x{0}){1000}$", "", true), Row("]", "]", true), Row("}", "}", true),
    ]

    static let places = [
        Row(#"\Ab"#, "ab", false), Row(#"a\z"#, "a\n", false), Row("a$", "a\n", false), Row("(?m)a$", "a\nb", true),
        Row("(?m)^b", "a\nb", true), Row("^b", "a\nb", false), Row("(?m)^$", "a\n", true),
        Row(#"(?m)\Ab"#, "a\nb", false),
        Row(#"\bis\b"#, "this is", true), Row(#"\bis\b"#, "this", false), Row(#"\Bis"#, "this", true),
        Row(#"\B"#, "", true), Row(#"\b"#, "", false), Row(#"é\b"#, "é", false), Row(#"\bé"#, "aé", true),
        Row("a.b", "a\nb", false), Row("(?s)a.b", "a\nb", true), Row("^.$", "\u{1F600}", true),
        Row("^.$", "\r\n", false),
        Row("^..$", "e\u{301}", true), Row("é", "e\u{301}", false),
    ]

    static let classes = [
        Row("^[a-c]$", "b", true), Row("^[a-c]$", "d", false), Row("^[^a-c]$", "d", true), Row("^[^a]$", "\n", true),
        Row("^[]a]$", "]", true), Row("^[^]a]$", "]", false), Row("^[a-]$", "-", true), Row("^[-a]$", "-", true),
        Row("^[--/]$", ".", true), Row(#"^[\]\-\\]+$"#, #"]-\"#, true), Row("^[[:]$", ":", true),
        Row("^[a[:]]$", "a]", true),
        Row("^[[:alpha:]_]+$", "aZ_", true), Row("^[[:alpha:]]$", "é", false), Row("^[[:^alpha:]]$", "é", true),
        Row("^[[:^alpha:]]$", "a", false), Row("^[^[:space:]]$", "\u{B}", false), Row("^[[:word:]]+$", "a_1", true),
        Row("^[[:punct:]]{4}$", "!/@~", true), Row("^[[:xdigit:]]+$", "09afAF", true), Row("[[:graph:]]", " ", false),
        Row(#"^\d\D\w\W\s\S$"#, "1a_- x", true), Row(#"\d"#, "٣", false), Row(#"\s"#, "\u{B}", false),
        Row(#"\s"#, "\u{A0}", false), Row(#"^[\d\s]+$"#, "1 2", true), Row(#"^[^\W\d]$"#, "a", true),
        Row(#"^[^\W\d]$"#, "1", false), Row(#"[^\d\D]"#, "1a", false), Row(#"[^\x00-\x{10FFFF}]"#, "a", false),
    ]

    static let categories = [
        Row(#"^\pL\p{Lu}\PN$"#, "éÉx", true), Row(#"^\p{^Lu}$"#, "A", false), Row(#"^\P{^Lu}$"#, "A", true),
        Row(#"^\p{Nd}$"#, "٣", true), Row(#"^[\pN_]+$"#, "Ⅳ_٣", true), Row(#"^[^\pL\PL]$"#, "a", false),
        Row(#"^[\P{Lu}\P{Ll}]$"#, "a", true), Row(#"^\p{Any}$"#, "a", true), Row(#"^\P{Any}$"#, "a", false),
        Row(#"^\p{ASCII}$"#, "é", false), Row(#"^\p{Uppercase_Letter}$"#, "A", true), Row(#"^\p{sc}\pS$"#, "€+", true),
        Row(#"^\p{Assigned}$"#, "\u{378}", false), Row(#"^\p{Cn}$"#, "\u{378}", true), Row(#"^\p{LC}$"#, "ǅ", true),
        Row(#"^\p{punct}$"#, "!", true), Row(#"^\p{L}$"#, "1", false),
    ]

    static let cases = [
        Row("(?i)^straße$", "STRASSE", false), Row("(?i)^straße$", "STRAẞE", true), Row("(?i)k", "\u{212A}", true),
        Row("(?i)\u{212A}", "k", true), Row("(?i)^[k-s]+$", "\u{212A}\u{17F}", true), Row("(?i)σ", "ς", true),
        Row("(?i)^ı$", "I", false), Row("(?i)^i$", "ı", false), Row("(?i)^I$", "İ", false), Row("(?i)ᾳ", "ᾼ", true),
        Row("(?i)ǆ", "ǅ", true), Row("(?i)\u{1FD3}", "\u{390}", true), Row("(?i)\u{FB06}", "\u{FB05}", true),
        Row("(?i)[^a]", "A", false), Row(#"(?i)\W"#, "\u{17F}", false), Row(#"(?i)^\w$"#, "\u{17F}", true),
        Row(#"(?i)[^\W]"#, "\u{212A}", true), Row(#"(?i)[[:^lower:]]"#, "A", false), Row(#"(?i)\p{Lu}"#, "a", true),
        Row(#"(?i)\P{Lu}"#, "a", false), Row(#"(?i)[^\P{Lu}]"#, "a", true), Row(#"(?i)\P{Lu}"#, "1", true),
        Row("a(?i)b", "aB", true), Row("a(?i)b", "AB", false), Row("(?i:a)b", "Ab", true), Row("(?i:a)b", "AB", false),
        Row("((?i)a|b)c", "Bc", true), Row("((?i)a)b", "AB", false), Row("(?i)a(?-i)b", "AB", false),
        Row("(?i)a(?-i:b)c", "AbC", true), Row("(?is-m:A.b)", "a\nB", true), Row("(?U)^a+$", "aa", true),
        Row("(?i)(?)a", "A", true), Row("(?i)é", "É", true),
    ]

    static let escapes = [
        Row(#"^\x41\x{1F600}\101\07\0$"#, "A\u{1F600}A\u{7}\0", true),
        Row(#"^\a\f\t\n\r\v$"#, "\u{7}\u{C}\t\n\r\u{B}", true),
        Row(#"^\.\*\_\-\ \"$"#, #".*_- ""#, true), Row(#"^\Qa.b\E*$"#, "a.bbb", true), Row(#"^\Q(["#, "([", true),
        Row(#"^\Qa\\E$"#, #"a\"#, true), Row(#"^a\Q\E*$"#, "aa", true), Row(#"(?i)^\QaB\E$"#, "Ab", true),
        Row(#"\x{D800}"#, "a", false), Row(#"^[\x41-\x{43}\t]+$"#, "ABC\t", true), Row(#"\1234"#, "S4", true),
    ]

    @Test(arguments: [rules, operators, places, classes, categories, cases, escapes].joined())
    func matchesAsInGo(_ row: Row) throws {
        #expect(try Pattern(row.pattern).matches(row.text) == row.isMatch)
    }

    /// The words are Go's, but for the scripts, which Go has.
    static let refused = [
        ("(a", "missing closing )"), ("a)", "unexpected )"), ("(?i:a", "missing closing )"),
        ("[a", "missing closing ]"),
        ("[]", "missing closing ]"), ("[[:alpha:]", "missing closing ]"), ("[", "missing closing ]"),
        ("*", "missing argument to repetition operator *"), ("a|*", "missing argument to repetition operator *"),
        ("(+)", "missing argument to repetition operator +"), ("(?i)?", "missing argument to repetition operator ?"),
        ("{2}", "missing argument to repetition operator {2}"),
        (#"\Q\E*"#, "missing argument to repetition operator *"),
        ("**", "missing argument to repetition operator *"), ("a**", "invalid nested repetition operator **"),
        ("a*?*", "invalid nested repetition operator *?*"), ("x{2}{3}", "invalid nested repetition operator {2}{3}"),
        ("a{1001}", "invalid repeat count {1001}"), ("a{2,1}", "invalid repeat count {2,1}"),
        ("a{1,99999999999999999999}", "invalid repeat count {1,99999999999999999999}"),
        ("(?:x{100}){11}", "invalid repeat count {11}"), ("(x{1000}){1000}", "invalid repeat count {1000}"),
        ("(?=x)", "invalid or unsupported Perl syntax (?="), ("(?!x)", "invalid or unsupported Perl syntax (?!"),
        ("(?<=x)", "invalid named capture (?<="), ("(?P=n)", "invalid or unsupported Perl syntax (?P"),
        ("(?i-)", "invalid or unsupported Perl syntax (?i-)"), ("(?i", "invalid or unsupported Perl syntax (?i"),
        ("(?P<>a)", "invalid named capture (?P<>"), ("(?<a b>c)", "invalid named capture (?<a "),
        ("(?<é>c)", "invalid named capture (?<é"), ("(?<n", "invalid named capture (?<n"),
        (#"\1"#, #"invalid escape sequence \1"#), (#"\8"#, #"invalid escape sequence \8"#),
        (#"a\Z"#, #"invalid escape sequence \Z"#), (#"\C"#, #"invalid escape sequence \C"#),
        (#"\E"#, #"invalid escape sequence \E"#), (#"\é"#, #"invalid escape sequence \é"#),
        (#"[a-\d]"#, #"invalid escape sequence \d"#), (#"[\b]"#, #"invalid escape sequence \b"#),
        (#"\x4"#, #"invalid escape sequence \x4"#), (#"\x{}"#, #"invalid escape sequence \x{"#),
        (#"\x{110000}"#, #"invalid escape sequence \x{110000"#),
        (#"a\"#, "trailing backslash at end of expression"), (#"[\"#, "trailing backslash at end of expression"),
        ("[z-a]", "invalid character class range z-a"), ("[[:foo:]]", "invalid character class range [:foo:]"),
        (#"\p{Lu"#, #"invalid character class range \p{Lu"#),
        (#"\p{Greek}"#, #"\p{Greek} is no general category (scripts are not supported)"#),
        (#"\pX"#, #"\pX is no general category (scripts are not supported)"#),
        ("(?<\n>)", "invalid named capture (?<\u{FFFD}"),
    ]

    @Test(arguments: refused)
    func refusesWhatGoRefuses(_ pattern: String, _ message: String) {
        let error = #expect(throws: PatternError.self) { try Pattern(pattern) }
        #expect(error?.message == message)
    }

    /// The patterns are no test arguments, as a failure, and even a success, would print them.
    @Test func refusesWhatIsTooLarge() {
        let patterns = [
            (String(repeating: "(", count: 1_000_000), "expression nests too deeply"),
            (
                String(repeating: "(?:", count: 2000) + String(repeating: ")*", count: 2000),
                "expression nests too deeply"
            ),
            (String(repeating: "a", count: 1_000_000), "expression too large"),
            (String(repeating: "(a{500}|)", count: 1000), "expression too large"),
            (String(repeating: "[[:", count: 10_000), "missing closing ]"),
        ]
        for (pattern, message) in patterns {
            let error = #expect(throws: PatternError.self) { try Pattern(pattern) }
            #expect(error?.message == message)
        }
    }

    @Test func doesNotRunAway() throws {
        let text = String(repeating: "a", count: 10_000)
        let patterns = [
            ("(a*)*b", false), ("(a|a)*c", false), ("(a+)+$", true), ("(?:a?){500}a{500}", true),
            ("((a{0,5}){0,5})*b", false),
            (String(repeating: "(", count: 1000) + "a" + String(repeating: ")", count: 1000), true),
            (String(repeating: "(?:a*", count: 300) + String(repeating: ")*", count: 300) + "b", false),
        ]
        for (pattern, isMatch) in patterns {
            #expect(try Pattern(pattern).matches(text) == isMatch)
        }
    }
}
