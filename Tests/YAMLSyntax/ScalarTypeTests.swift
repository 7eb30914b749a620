import Diagnostics
import Testing
import YAMLSyntax

/// What scalars mean to PyYAML's safe loader (6.0.3 over libyaml 0.2.5), found by running it.
@Suite struct ScalarTypeTests {
    static let texts = [
        // Floats want a point, a digit before it when there is a sign, and a sign in the exponent.
        "1e3", "1e+3", "1E5", "1.5e3", "1.e3", "1e400", "-.5", "+.5", ".", "...", "._5", ".5e1",
        ".iNF", "nan", "inf", "-.nan", "+.nan",
        // Integers.
        "08", "09", "089", "0_8", "0o17", "_1", "_0", "0X1F", "0B1", "0b12", "0xZZ", "0x", "0b", "+", "-", "--",
        "1,000",
        // Base 60: no leading zero, and 59 is the most.
        "01:30", "08:00", "0:10", "1:60", "8080:80", "00:11:22:33:44:55", "190:20:60.15", "12:30.5.1", ":1", "1:",
        "1:2:",
        // Words.
        "y", "n", "Y", "N", "yEs", "oN", "tRUE", "nULL", "None", "~~", "nil",
        // Dates want all their digits, except before a time.
        "2001-1-1", "2001-12-1", "201-12-14", "2001-12-14T1:2:3", "2001-12-14T01:02", "2001-12-14T01:02:03z",
        "2001-12-14T01:02:03+5:3", "2001-12-14T01:02:03 ", "+2001-12-14",
        "1.2.3", "10.0.0.1", "10.0.0.0/8", "fe80::1", "text", "a b", "x=y", "<", "<<<", "==",
    ]
    static let floats: [(String, Double)] = [
        ("1.5e+3", 1500), ("1.e+3", 1000), ("1.5E-3", 0.0015), (".5", 0.5), ("5.", 5), ("08.5", 8.5), (".5_0", 0.5),
        ("1_0.5", 10.5), ("1_.5", 1.5), ("1.5_0e+1", 15), (".5e+1", 5), ("-0.0", 0), ("1.0e+400", .infinity),
        ("1.0e-400", 0), (".inf", .infinity), ("+.inf", .infinity), ("-.INF", -.infinity), ("-.Inf", -.infinity),
        ("190:20:30.15", 685230.15), ("-190:20:30.15", -685230.15), ("12:30.5", 750.5), ("1:30.", 90), ("1:30._", 90),
        ("0.1", 0.1), ("3.141592653589793", 3.141592653589793), ("9007199254740993.0", 9_007_199_254_740_992),
    ]
    static let integers: [(String, Int)] = [
        ("0", 0), ("-0", 0), ("+0", 0), ("00", 0), ("0_", 0), ("0__", 0), ("12", 12), ("+12", 12), ("-12", -12),
        ("017", 15), ("-017", -15), ("+017", 15), ("0777", 511), ("0644", 420), ("0_7", 7), ("1_000", 1000), ("1_", 1),
        ("0x1F", 31), ("-0x1", -1), ("0x1_F", 31), ("+0x_1", 1), ("0b101", 5), ("-0b1", -1), ("+0b11", 3), ("0b1_0", 2),
        ("12:30", 750), ("12:30:45", 45045), ("-1:30", -90), ("+1:30", 90), ("56:24", 3384), ("22:22", 1342),
        ("1_0:30", 630), ("1:2:3:4", 223_384), ("52:54:00:12:34:56", 41_135_085_296),
        ("9223372036854775807", .max), ("-9223372036854775808", .min), ("0x7fffffffffffffff", .max),
    ]
    static let bigIntegers = [
        ("99999999999999999999", "99999999999999999999"), ("-99999999999999999999", "-99999999999999999999"),
        ("9223372036854775808", "9223372036854775808"), ("-9223372036854775809", "-9223372036854775809"),
        ("1_000_000_000_000_000_000_000", "1000000000000000000000"),
        ("0xFFFFFFFFFFFFFFFFFF", "4722366482869645213695"), ("02000000000000000000000", "18446744073709551616"),
        ("0b1" + String(repeating: "0", count: 64), "18446744073709551616"),
        ("99999999999999999999:30", "5999999999999999999970"),
        ("1000000000000000000000000000000000000000", "1000000000000000000000000000000000000000"),
    ]
    static let others: [(String, ScalarValue)] = [
        ("yes", .bool(true)), ("Yes", .bool(true)), ("YES", .bool(true)), ("no", .bool(false)), ("No", .bool(false)),
        ("NO", .bool(false)), ("on", .bool(true)), ("On", .bool(true)), ("ON", .bool(true)), ("off", .bool(false)),
        ("Off", .bool(false)), ("OFF", .bool(false)), ("true", .bool(true)), ("True", .bool(true)),
        ("TRUE", .bool(true)), ("false", .bool(false)), ("False", .bool(false)), ("FALSE", .bool(false)),
        ("~", .null), ("null", .null), ("Null", .null), ("NULL", .null), ("", .null), ("&a", .null),
    ]
    static let tagged: [(String, ScalarValue)] = [
        ("! 12", .integer(12)), ("! yes", .bool(true)), ("! '12'", .integer(12)), ("! ''", .null),
        ("!!str 12", .string("12")), ("!!str", .string("")), ("!!str ~", .string("~")), ("!!str yes", .string("yes")),
        ("!!int 0o17", .integer(15)), ("!!int '0x1F'", .integer(31)), ("!!int \"1:30\"", .integer(90)),
        ("!!float 12", .float(12)), ("!!float '1e3'", .float(1000)), ("!!float -.5", .float(-0.5)),
        ("!!bool 'yEs'", .bool(true)), ("!!bool oFF", .bool(false)),
        ("!!null anything", .null), ("!!null", .null),
        ("!!timestamp 2001-1-1", .string("2001-1-1")), ("!<tag:yaml.org,2002:int> '7'", .integer(7)),
        ("!!str &a 12", .string("12")), ("&a !!str 12", .string("12")),
    ]
    static let quoted: [(String, String)] = [
        ("'yes'", "yes"), ("\"12\"", "12"), ("'~'", "~"), ("''", ""), ("\"\"", ""), ("'<<'", "<<"), ("\"=\"", "="),
        ("'it''s'", "it's"), (#""\x41\u263A\U0001F600\0\e\_""#, "A☺😀\0\u{1B}\u{A0}"), ("\"a\\\n  b\"", "ab"),
        ("'a\n  b\n\n  c'", "a b\nc"), ("a\n  b\n\n  c", "a b\nc"), ("|\n  12\n", "12\n"), ("|-\n  yes\n", "yes"),
        (">-\n  a\n  b\n", "a b"), (">+\n  a\n\n", "a\n\n\n"), ("|2\n    a\n", "  a\n"),
    ]
    static let timestamps = [
        "2001-01-01", "2001-12-14", "2000-02-29", "2004-02-29", "9999-12-31", "0001-01-01",
        "2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43.10 -5", "2001-12-14T01:02:03Z", "2001-12-14T01:02:03.",
        "2001-12-14T01:02:03.Z", "2001-12-14T01:02:03+23:59", "2001-12-14T01:02:03-0", "2001-1-1T1:02:03",
        "2001-12-14 \t 01:02:03", "2001-12-14T01:02:03.123456789",
    ]
    static let unsoundTimestamps = [
        "2001-13-45", "2001-00-01", "2001-01-00", "2001-04-31", "2001-02-29", "1900-02-29", "0000-01-01",
        "2001-12-14T24:00:00", "2001-12-14 24:00:00", "2001-12-14T23:60:00", "2001-12-14T23:59:60",
        "2001-12-14T01:02:03+24:00", "2001-12-14T01:02:03-24", "2001-12-14 21:59:43 +25:00", "2001-2-30T1:02:03",
    ]
    /// What else makes PyYAML raise.
    static let refused = [
        "=", "! '*'", "! '&'", "<<", "! '<<'", "0x_", "0b_", "-0x_", "!!int 08", "!!int a", "!!int ''", "!!int 1.5",
        "!!float a", "!!float ''", "!!bool maybe", "!!bool ''", "!!timestamp x", "!!timestamp 2001-13-01",
    ]

    @Test(arguments: texts) func isText(_ text: String) throws {
        #expect(ScalarType.resolve(Array(text.utf8)[...]) == .string)
        #expect(try Texts.value(of: "! '\(text)'") == .string(text))
    }

    @Test(arguments: floats) func isAFloat(_ text: String, _ value: Double) throws {
        #expect(try Texts.value(of: text) == .float(value))
    }

    @Test(arguments: [".nan", ".NaN", ".NAN"]) func isNotANumber(_ text: String) throws {
        guard case .float(let value) = try Texts.value(of: text) else {
            Issue.record("no float")
            return
        }
        #expect(value.isNaN)
    }

    @Test func theSignOfZeroStays() throws {
        guard case .float(let value) = try Texts.value(of: "-0.0") else {
            Issue.record("no float")
            return
        }
        #expect(value.sign == .minus)
    }

    @Test(arguments: integers) func isAnInteger(_ text: String, _ value: Int) throws {
        #expect(try Texts.value(of: text) == .integer(value))
    }

    @Test(arguments: bigIntegers) func isExactAtAnySize(_ text: String, _ digits: String) throws {
        #expect(try Texts.value(of: text) == .bigInteger(digits))
    }

    @Test(arguments: others) func isABooleanOrNull(_ text: String, _ value: ScalarValue) throws {
        #expect(try Texts.value(of: text) == value)
    }

    @Test(arguments: tagged) func aTagDecides(_ text: String, _ value: ScalarValue) throws {
        #expect(try Texts.value(of: text) == value)
    }

    @Test(arguments: quoted) func quotesAndBlocksAreText(_ text: String, _ value: String) throws {
        #expect(try Texts.value(of: text) == .string(value))
    }

    @Test(arguments: timestamps) func aTimestampStaysAsWritten(_ text: String) throws {
        let tree = try Texts.tree("a: \(text)\n")
        let node = try tree.node("a")
        #expect(tree.type(node) == .timestamp)
        #expect(tree.value(node) == .string(text))
    }

    @Test(arguments: unsoundTimestamps) func aTimestampThatDoesNotExistIsRefused(_ text: String) throws {
        let parsed = Texts.parsed("a: \(text)\n")
        #expect(parsed.tree == nil)
        #expect(parsed.diagnostics.map(\.code.id) == ["R0109"])
        #expect(parsed.diagnostics.first?.message.contains("date") == true)
    }

    @Test(arguments: refused) func whatPyYAMLRaisesOnIsRefused(_ text: String) {
        #expect(Texts.codes("a: \(text)\n") == ["R0109"])
        #expect(Texts.codes("a: [\(text)]\n") == ["R0109"])
    }

    @Test(arguments: [
        "=", "<<", "0x_", "0b_", "2001-13-45", "2001-12-14T24:00:00", "-0x_",
    ]) func quotingMendsWhatPyYAMLRaisesOn(_ text: String) throws {
        let file = "a: \(text)\n"
        let fix = try #require(Texts.parsed(file).diagnostics.first?.fixes.first)
        let mended = try Texts.tree(Texts.applying(fix, to: file))
        #expect(mended.value(try mended.node("a")) == .string(text))
    }

    @Test(arguments: [
        "!!binary aGk=", "!!set {a}", "!!omap [a: 1]", "!!pairs [a: 1]", "!mine 1", "!!map a", "!!str [a]", "!!seq {}",
        "!!map []", "!!value =", "!!merge <<", "!!python/object:os.system x", "!<x> y",
    ])
    func anyOtherTagIsRefused(_ text: String) {
        #expect(Texts.codes("a: \(text)\n") == ["R0106"])
    }

    @Test func aTagDirectiveDecidesWhatATagIs() throws {
        let tree = try Texts.tree("%TAG !y! tag:yaml.org,2002:\n---\na: !y!str 12\n")
        #expect(tree.value(try tree.node("a")) == .string("12"))
        #expect(Texts.codes("%TAG !! tag:example.com,2000:\n---\na: !!str 12\n") == ["R0106"])
    }

    @Test func anIntegerHasAtMost4300Digits() throws {
        let digits = String(repeating: "9", count: 4300)
        #expect(try Texts.value(of: digits) == .bigInteger(digits))
        #expect(try Texts.value(of: "-" + digits) == .bigInteger("-" + digits))
        #expect(Texts.codes("a: \(digits)9\n") == ["R0110"])
        #expect(Texts.codes("a: -\(digits)9\n") == ["R0110"])
        #expect(Texts.codes("? \(digits)9\n: a\n") == ["R0110"])
        #expect(try Texts.value(of: "'\(digits)9'") == .string(digits + "9"))
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["0x" + String(repeating: "f", count: 100_000), "0b" + ones, "0" + ones])
    func theLimitOfDigitsHoldsInEveryBase(_ text: String) {
        #expect(Texts.codes("a: \(text)\n") == ["R0110"])
    }

    private static let ones = String(repeating: "1", count: 100_000)
}
