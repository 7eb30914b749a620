import Diagnostics
import Testing
import YAMLSyntax

/// What plain scalars mean to PyYAML's safe loader, found by running it.
@Suite struct ScalarTests {
    static let strings = [
        "1e3", "1e+3", "1E5", "1.5e3", "1.e3", "-.5", "+.5", "nan", "08", "09", "089", "0_8", "0o17", "_1", "_0",
        "0X1F", "0B1", "190:20:60.15",
        "01:30", "08:00", "0:10", "1:60", "8080:80", "00:11:22:33:44:55", "y", "n", "yEs", "nULL", "None", "1e400",
        "2001-1-1", "1.2.3",
        "10.0.0.1", "1,000", "+", ".", "...", "~~", "0b12", "0xZZ", ":1", "12:30.5.1", "2001-12-14T1:2:3",
        ".iNF", "+.nan",
    ]
    static let values: [(String, ScalarValue)] = [
        ("1.5e+3", .float(1500)), ("1.e+3", .float(1000)), ("1.5E-3", .float(0.0015)), (".5", .float(0.5)),
        ("5.", .float(5)),
        ("08.5", .float(8.5)), (".5_0", .float(0.5)), ("1_0.5", .float(10.5)), ("1_.5", .float(1.5)),
        ("+.inf", .float(.infinity)),
        ("-.INF", .float(-.infinity)), ("190:20:30.15", .float(685230.15)), ("12:30.5", .float(750.5)),
        ("1.0e+400", .float(.infinity)),
        ("017", .integer(15)), ("-017", .integer(-15)), ("0777", .integer(511)), ("00", .integer(0)),
        ("1_000", .integer(1000)),
        ("1_", .integer(1)), ("0_", .integer(0)), ("0x1F", .integer(31)), ("-0x1", .integer(-1)),
        ("0x1_F", .integer(31)),
        ("0b101", .integer(5)), ("-0b1", .integer(-1)), ("12:30", .integer(750)), ("12:30:45", .integer(45045)),
        ("-1:30", .integer(-90)),
        ("56:24", .integer(3384)), ("52:54:00:12:34:56", .integer(41_135_085_296)), ("-0", .integer(0)),
        ("+12", .integer(12)),
        ("99999999999999999999", .bigInteger("99999999999999999999")), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .bigInteger("9223372036854775808")),
        ("0xFFFFFFFFFFFFFFFFFF", .bigInteger("4722366482869645213695")),
        ("99999999999999999999:30", .bigInteger("5999999999999999999970")),
        ("yes", .bool(true)), ("No", .bool(false)), ("ON", .bool(true)), ("off", .bool(false)), ("True", .bool(true)),
        ("~", .null), ("Null", .null), ("NULL", .null), ("", .null), ("2001-01-01", .string("2001-01-01")),
        ("2001-12-14t21:59:43.10-05:00", .string("2001-12-14t21:59:43.10-05:00")), ("! 12", .integer(12)),
        ("! yes", .bool(true)),
        ("!!int 0o17", .integer(15)), ("!!str 12", .string("12")), ("!!float 12", .float(12)),
        ("!!bool 'yEs'", .bool(true)),
        ("!!null anything", .null), ("'yes'", .string("yes")), ("\"12\"", .string("12")),
    ]
    /// What makes PyYAML raise.
    static let refused = [
        "=", "! '*'", "<<", "0x_", "0b_", "2001-13-45", "2001-02-29", "0000-01-01", "2001-12-14 24:00:00",
        "2001-12-14 21:59:43 +25:00", "!!int 08",
        "!!int a", "!!float a", "!!bool maybe", "!!timestamp x", "!!binary aGk=", "!!set {a}", "!mine 1", "!!map a",
        "!!str [a]",
    ]

    @Test(arguments: strings) func isText(_ text: String) throws { #expect(try value(of: text) == .string(text)) }

    @Test(arguments: values) func means(_ text: String, _ value: ScalarValue) throws {
        #expect(try self.value(of: text) == value)
    }

    @Test(arguments: refused) func isRefused(_ text: String) {
        let parsed = Texts.parsed("a: \(text)\n")
        #expect(parsed.tree == nil)
        #expect(["R0106", "R0109"].contains(parsed.diagnostics.first?.code.id))
    }

    @Test func numbersHaveALimit() {
        let digits = String(repeating: "9", count: 4300)
        #expect(Texts.parsed("a: \(digits)\n").tree != nil)
        #expect(Texts.parsed("a: \(digits)9\n").diagnostics.map(\.code.id) == ["R0110"])
        #expect(
            Texts.parsed("a: 0x\(String(repeating: "f", count: 100_000))\n").diagnostics.map(\.code.id) == ["R0110"])
    }

    /// Where the two versions of YAML differ it is said, and the fix-it ends the difference.
    @Test(arguments: [
        "1e3", "-.5", "017", "0o17", "1_000", "0b101", "12:30", "52:54:00:12:34:56", "yes", "OFF", "08", "1e400",
        "1_0.5",
    ])
    func differenceBetweenVersionsIsSaidAndMended(_ text: String) throws {
        let tree = try #require(Texts.parsed("a: \(text)\n").tree)
        let lint = try #require(tree.versionLints().first)
        #expect(lint.code.id == "R0801")
        let edit = try #require(lint.fixes.first?.edits.first)
        let mended = try #require(Texts.parsed("a: \(edit.replacement)\n").tree)
        #expect(mended.versionLints().isEmpty)
        let before = try #require(tree.value(of: "a", in: tree.root))
        let after = try #require(mended.value(of: "a", in: mended.root))
        #expect(mended.value(after) == tree.value(before))
    }

    @Test(arguments: [
        "1", "-1", "0", "true", "null", "~", "text", "1.5", "1.5e+3", "0x1F", ".inf", "'yes'", "2001-01-01", "10.0.0.1",
    ])
    func agreementIsNotSaid(_ text: String) throws {
        #expect(try #require(Texts.parsed("a: \(text)\n").tree).versionLints().isEmpty)
        #expect(try #require(Texts.parsed("%YAML 1.1\n---\na: yes\n").tree).versionLints().isEmpty)
    }

    private func value(of text: String) throws -> ScalarValue {
        let tree = try #require(Texts.parsed("a: \(text)\n").tree)
        return tree.value(try #require(tree.value(of: "a", in: tree.root)))
    }
}

/// Texts as files.
enum Texts {
    static func parsed(
        _ text: String, _ strictness: Strictness = .strict, isSecret: Bool = false
    ) -> (tree: SyntaxTree?, diagnostics: [Diagnostic]) {
        var sources = SourceMap()
        return parse(sources.add(path: "test.yaml", bytes: Array(text.utf8), isSecret: isSecret), strictness)
    }
}
