import Diagnostics
import Testing
import YAMLSyntax

/// Where YAML 1.2's core schema (§10.3.2) reads a plain scalar otherwise than PyYAML, `validate` says so.
@Suite struct YAML12Tests {
    /// What differs, and what the fix-it writes instead.
    static let differing = [
        ("1e3", "\"1e3\""), ("1e+3", "\"1e+3\""), ("1E5", "\"1E5\""), ("1.5e3", "\"1.5e3\""), ("1.e3", "\"1.e3\""),
        ("1e400", "\"1e400\""), ("-.5", "\"-.5\""), ("+.5", "\"+.5\""),
        (".5_0", "0.5"), ("1_0.5", "10.5"), ("1_.5", "1.5"), ("1.5_0e+1", "15.0"),
        ("017", "15"), ("-017", "-15"), ("0777", "511"), ("0644", "420"), ("+010", "8"),
        ("08", "\"08\""), ("09", "\"09\""), ("089", "\"089\""), ("-08", "\"-08\""), ("0o17", "\"0o17\""),
        ("1_000", "1000"), ("1_", "1"), ("0_", "0"), ("0_7", "7"),
        ("-0x1", "-1"), ("+0x1", "1"), ("0x1_F", "31"), ("0x_1", "1"),
        ("0b101", "5"), ("-0b1", "-1"), ("0b1_0", "2"),
        ("12:30", "750"), ("12:30:45", "45045"), ("-1:30", "-90"), ("56:24", "3384"), ("22:22", "1342"),
        ("190:20:30.15", "685230.15"), ("12:30.5", "750.5"), ("1:30.", "90.0"),
        ("52:54:00:12:34:56", "41135085296"), ("99999999999999999999:30", "5999999999999999999970"),
        ("02000000000000000000000", "18446744073709551616"),
        ("yes", "true"), ("Yes", "true"), ("YES", "true"), ("no", "false"), ("No", "false"), ("NO", "false"),
        ("on", "true"), ("On", "true"), ("ON", "true"), ("off", "false"), ("Off", "false"), ("OFF", "false"),
    ]
    static let agreeing = [
        "0", "1", "-1", "+12", "00", "-0", "12345678901234567890", "0x1F", "0x00", "1.5", "5.", ".5", "08.5", "-0.0",
        "1.5e+3", "1.e+3", "1.5E-3", "1.0e+400", ".inf", "+.inf", "-.INF", ".Inf", ".iNF", "nan", "inf", "-.nan",
        "true", "True", "TRUE", "false", "False", "FALSE", "null", "Null", "NULL", "~", "", "nULL", "None",
        "y", "n", "Y", "N", "yEs", "_1", "_0", "0X1F", "0B1", "0_8", "0O17", "0x", "0o", "0o8", "0b", "0b2", "+", ".",
        "01:30", "08:00", "0:10", "1:60", "8080:80", "00:11:22:33:44:55", "10.0.0.1", "1.2.3", "1,000", "text", "a b",
        "2001-01-01", "2001-1-1", "2001-12-14t21:59:43.10-05:00",
        "'yes'", "\"017\"", "'1e3'", "|\n  yes\n", ">-\n  017\n", "!!str yes", "!!int 0o17",
        "a\n  b",
    ]

    @Test(arguments: differing) func aDifferenceIsSaidAndMended(_ text: String, _ replacement: String) throws {
        let file = "a: \(text)\n"
        let tree = try Texts.tree(file)
        let lints = tree.versionLints()
        #expect(lints.map(\.code.id) == ["R0801"])
        let lint = try #require(lints.first)
        #expect(lint.severity == .warning)
        #expect(lint.primary.map { tree.source.text(of: $0.span) } == text)
        #expect(lint.message.contains("\"\(text)\""))
        #expect(lint.help != nil)
        let fix = try #require(lint.fixes.first)
        #expect(fix.edits.map(\.replacement) == [replacement])
        let mended = try Texts.tree(Texts.applying(fix, to: file))
        #expect(mended.versionLints().isEmpty)
        #expect(mended.value(try mended.node("a")) == tree.value(try tree.node("a")))
    }

    @Test(arguments: differing) func aDifferenceInAListOrAFlowMapIsMended(_ text: String, _ replacement: String) throws
    {
        for file in ["a:\n- \(text)\n", "a: [x, \(text), y]\n", "a: {b: \(text)}\n", "a: {b: \(text), c: d}\n"] {
            let lint = try #require(try Texts.tree(file).versionLints().first, "in \(file)")
            let fix = try #require(lint.fixes.first)
            #expect(try Texts.tree(Texts.applying(fix, to: file)).versionLints().isEmpty, "in \(file)")
        }
    }

    @Test(arguments: agreeing) func agreementIsNotSaid(_ text: String) throws {
        #expect(try Texts.tree("a: \(text)\n").versionLints().isEmpty)
    }

    @Test(arguments: differing.prefix(20)) func aFileThatDeclaresItsVersionIsLeftAlone(_ text: String, _ other: String)
        throws
    {
        #expect(try Texts.tree("%YAML 1.1\n---\na: \(text)\n").versionLints().isEmpty)
        #expect(try !Texts.tree("%YAML 1.2\n---\na: \(text)\n").versionLints().isEmpty)
    }

    @Test func aNumericKeyThatDiffersIsSaid() throws {
        let file = "017: a\n0x10: b\n19: c\n"
        let lints = try Texts.tree(file).versionLints()
        #expect(lints.map(\.code.id) == ["R0801"])
        let fix = try #require(lints.first?.fixes.first)
        let mended = try Texts.tree(Texts.applying(fix, to: file))
        #expect(mended.keys(mended.root) == ["15", "16", "19"])
    }

    @Test func aBooleanKeyIsSaidOnceAsAnOddKey() throws {
        let parsed = Texts.parsed("yes: a\n")
        #expect(parsed.diagnostics.map(\.code.id) == ["R0802"])
        #expect(parsed.tree?.versionLints().isEmpty == true)
    }

    @Test func everyDifferenceOfAFileIsSaidInItsOrder() throws {
        let tree = try Texts.tree("a: yes\nb: [1:30, {c: 0o17}]\nd: no # yes\n")
        let found = tree.versionLints().compactMap { $0.primary.map { tree.source.text(of: $0.span) } }
        #expect(found == ["yes", "1:30", "0o17", "no"])
    }

    @Test func aliasesAreNotSaidAgain() throws {
        #expect(try Texts.tree("a: &a [yes]\nb: *a\nc: [*a, *a]\n").versionLints().count == 1)
    }

    @Test func theOffsetsAreThoseOfTheBytes() throws {
        let file = "\u{FEFF}é: '☕'\r\nb: 0644\r\n"
        let tree = try Texts.tree(file)
        let fix = try #require(tree.versionLints().first?.fixes.first)
        #expect(Texts.applying(fix, to: file) == "\u{FEFF}é: '☕'\r\nb: 420\r\n")
    }
}
