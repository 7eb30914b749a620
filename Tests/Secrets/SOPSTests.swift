import Diagnostics
import SecretMemory
import Testing

@testable import Secrets

/// What a plain YAML scalar is to SOPS 3.11 (go-yaml v3), found by running it.
@Suite struct GoYAMLTests {
    static let texts = [
        "tRUE", "yes", "no", "on", "off", "y", "n", "Y", "N", "nULL", "0xfg", "0x", "0b", "0o", "0o8", "_1", "+",
        "--", "+-", "0x-1", "--1", "-+1", "+-1", ".", "..", ".e1", "1e", "1e+", "1.e", "._5", "1e400", "-1e400",
        ".1e400", "0x1p4", "0x1.8p1", "1p4", ".iNf", "inf", "Inf", "+inf", "-inf", "+Inf", "Infinity", "infinity",
        "-Infinity", ".nAn", "nan", "NaN", "+.nan", "-.nan", "2001-1-32", "2001-02-29", "1900-02-29", "201-12-14",
        "20011-12-14", "2001-12-14T21:59:43", "2001-12-14T21:59:43+25:00", "2001-12-14T21:59:43+5:00",
        "2001-12-14T21:59:43+0530", "2001-12-14T21:59:43z", "2001-12-14T24:00:00Z", "2001-12-14T23:59:60Z",
        "2001-12-14T23:60:00Z", "2001-12-14T21:59Z", "2001-12-14T21:59:43.Z", "2001-12-14T", "2001-12-14Z",
        "+2001-12-14", "2001-12", "2001-12-14-", "2001-00-10", "2001-13-10", "2001-10-00", "1:30", "190:20:30",
        "1.2.3", "10.0.0.1", "10.0.0.0/8", "1,000", "1a", "0a", "0.0.0", "=", "<<", "<<<", "a-b", "-a", "1e3x", "٣",
        "①", "12abc", "0b2", "0b12", "1_a", "_", "__", "2001-12-14 21:59:43Z", "2001-12-14 21:59:43 -5",
        "2001-12-14T21:59:43 Z", "1 000",
        "-0b-1", "-0o+7", "+0b-1", "+0o-7", "0B-1", "0O-7",
    ]

    static let others: [(text: String, scalar: String)] = [
        ("", "null"), ("true", "bool true"), ("True", "bool true"), ("TRUE", "bool true"), ("false", "bool false"),
        ("FALSE", "bool false"), ("~", "null"), ("null", "null"), ("Null", "null"), ("NULL", "null"), ("0", "int 0"),
        ("-0", "int 0"), ("+0", "int 0"), ("00", "int 0"), ("7", "int 7"), ("-7", "int -7"), ("+7", "int 7"),
        ("0777", "int 511"), ("-0777", "int -511"), ("+017", "int 15"), ("08", "float 8"), ("09", "float 9"),
        ("-08", "float -8"), ("0o17", "int 15"), ("0O17", "int 15"), ("-0o17", "int -15"), ("+0o17", "int 15"),
        ("0x1F", "int 31"), ("-0x1", "int -1"), ("0X1f", "int 31"), ("0b101", "int 5"), ("-0b1", "int -1"),
        ("+0b1", "int 1"), ("0B11", "int 3"), ("1_000", "int 1000"), ("1_", "int 1"), ("1__0", "int 10"),
        ("0_7", "int 7"), ("0x_1", "int 1"), ("0_x1", "int 1"), ("0b1_0", "int 2"),
        ("9223372036854775807", "int 9223372036854775807"), ("-9223372036854775808", "int -9223372036854775808"),
        ("-9223372036854775809", "float -9223372036854776000"),
        ("18446744073709551616", "float 18446744073709552000"), ("0x7fffffffffffffff", "int 9223372036854775807"),
        ("-0x8000000000000000", "int -9223372036854775808"), ("99999999999999999999", "float 100000000000000000000"),
        ("1e3", "float 1000"), ("1E3", "float 1000"), ("1e+3", "float 1000"), ("-1e-3", "float -0.001"),
        ("1.5", "float 1.5"), ("1.", "float 1"), (".5", "float 0.5"), ("-.5", "float -0.5"), ("+.5", "float 0.5"),
        ("5.e1", "float 50"), (".5e1", "float 5"), ("1_0.5", "float 10.5"), (".5_0", "float 0.5"),
        ("1.5_0", "float 1.5"), ("1e1_0", "float 10000000000"), ("1e-400", "float 0"), ("0.1", "float 0.1"),
        ("0.0", "float 0"), ("1e21", "float 1000000000000000000000"),
        ("123456789012345678", "int 123456789012345678"), ("0.30000000000000004", "float 0.30000000000000004"),
        (
            "5e-324",
            "float 0.000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000005"
        ),
        (
            "1.7976931348623157e308",
            "float 179769313486231570000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
        ),
        ("1.0", "float 1"), ("100000000000000000000000", "float 100000000000000000000000"), (".inf", "float +Inf"),
        (".Inf", "float +Inf"), (".INF", "float +Inf"), ("+.inf", "float +Inf"), ("+.Inf", "float +Inf"),
        ("-.inf", "float -Inf"), ("-.Inf", "float -Inf"), ("-.INF", "float -Inf"), (".nan", "float NaN"),
        (".NaN", "float NaN"), (".NAN", "float NaN"), ("2001-12-14", "time 2001-12-14T00:00:00Z"),
        ("2001-1-2", "time 2001-01-02T00:00:00Z"), ("2000-02-29", "time 2000-02-29T00:00:00Z"),
        ("0000-01-01", "time 0000-01-01T00:00:00Z"), ("0001-01-01", "time 0001-01-01T00:00:00Z"),
        ("9999-12-31", "time 9999-12-31T00:00:00Z"), ("2001-12-14T21:59:43Z", "time 2001-12-14T21:59:43Z"),
        ("2001-12-14t21:59:43.10-05:00", "time 2001-12-14T21:59:43.1-05:00"),
        ("2001-12-14T1:2:3Z", "time 2001-12-14T01:02:03Z"),
        ("2001-12-14T21:59:43.123456789Z", "time 2001-12-14T21:59:43.123456789Z"),
        ("2001-12-14T21:59:43.1234567891Z", "time 2001-12-14T21:59:43.123456789Z"),
        ("2001-12-14T21:59:43,5Z", "time 2001-12-14T21:59:43.5Z"),
        ("2001-12-14T21:59:43+00:00", "time 2001-12-14T21:59:43Z"),
        ("2001-12-14T21:59:43-00:00", "time 2001-12-14T21:59:43Z"),
        ("2001-12-14T21:59:43+05:60", "time 2001-12-14T21:59:43+06:00"),
        ("2001-12-14T1:2:3.5+01:30", "time 2001-12-14T01:02:03.5+01:30"),
        ("2001-1-1T01:02:03.000Z", "time 2001-01-01T01:02:03Z"),
        ("2001-12-14T21:59:43.100200Z", "time 2001-12-14T21:59:43.1002Z"),
        ("2001-12-14T21:59:43+23:59", "time 2001-12-14T21:59:43+23:59"), ("0_", "int 0"), ("00_1", "int 1"),
        ("0__1", "int 1"), ("07_7", "int 63"), ("08_1", "float 81"), ("1e_3", "float 1000"),
        ("2001-12-14 21:59:43", "time 2001-12-14T21:59:43Z"),
        ("2001-12-14 21:59:43.5", "time 2001-12-14T21:59:43.5Z"), ("2001-12-14 1:2:3", "time 2001-12-14T01:02:03Z"),
        ("2001-12-14  01:02:03", "time 2001-12-14T01:02:03Z"),
        ("2001-12-14 21:59:43.000", "time 2001-12-14T21:59:43Z"),
        // A sign behind the letter of the base.
        ("0b-01", "int -1"), ("0b+1", "int 1"), ("0o+17", "int 15"), ("0o-7", "int -7"),
    ]

    @Test(arguments: texts) func isText(_ text: String) {
        #expect(GoYAML.resolve(text) == .string(text))
    }

    @Test(arguments: others) func isNoText(_ text: String, _ scalar: String) {
        #expect(described(GoYAML.resolve(text)) == scalar)
    }

    /// Go has them as another type, which SOPS refuses.
    @Test(arguments: [
        "9223372036854775808", "18446744073709551615", "0x8000000000000000", "0xFFFFFFFFFFFFFFFF",
        "9_223_372_036_854_775_808",
    ]) func anIntegerThatSOPSCannotHoldIsRefused(_ text: String) {
        #expect(GoYAML.resolve(text) == nil)
    }

    @Test func theSignOfZeroStays() {
        #expect(described(GoYAML.resolve("-0.0")) == "float -0")
    }

    @Test func nothingMakesItStop() {
        var chance = Chance(1)
        let letters = Array("0123456789+-._eExXobBTZ: ~nulatrif".unicodeScalars)
        for _ in 0..<20_000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...9, using: &chance) {
                text.append(letters[Int.random(in: letters.indices, using: &chance)])
            }
            if case .string(let same) = GoYAML.resolve(String(text)) { #expect(same == String(text)) }
        }
    }
}

/// Floats as Go writes them.
@Suite struct GoFloatTests {
    @Test(
        arguments: [
            (0, "0"), (-0.0, "-0"), (1, "1"), (-2, "-2"), (2.5, "2.5"), (0.1, "0.1"), (0.001, "0.001"),
            (-0.000_012_5, "-0.0000125"), (100, "100"), (1e21, "1000000000000000000000"), (1e16, "10000000000000000"),
            (123_456_789.125, "123456789.125"), (0.1 + 0.2, "0.30000000000000004"),
            (9_007_199_254_740_992, "9007199254740992"),
            (1e-7, "0.0000001"), (1.5e-7, "0.00000015"), (12345.678e10, "123456780000000"),
            (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
            (.leastNonzeroMagnitude, "0." + String(repeating: "0", count: 323) + "5"),
            (1.797_693_134_862_315_7e308, "17976931348623157" + String(repeating: "0", count: 292)),
        ] as [(Double, String)]) func isWritten(_ number: Double, _ text: String)
    {
        #expect(GoFloat.text(number) == text)
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("1", 1), ("+1", 1), ("1.", 1), (".5", 0.5), ("-.5", -0.5), ("1e3", 1000),
            ("1E3", 1000),
            ("1e+3", 1000), ("1.5e-3", 0.0015), ("00012", 12), ("1e-400", 0), ("1000000000000000000000", 1e21),
            ("NaN", nil), ("+Inf", .infinity), ("Inf", .infinity), ("-Inf", -.infinity), ("1e400", nil), ("", nil),
            (".", nil), ("-", nil), ("e1", nil), ("1e", nil), ("1e+", nil), ("1.2.3", nil), ("1 ", nil), (" 1", nil),
            ("0x10", nil), ("infinity", nil), ("nan", nil), ("1_0", nil), ("1,5", nil), ("--1", nil), ("٣", nil),
            ("1\0", nil),
        ] as [(String, Double?)]) func isReadBack(_ text: String, _ number: Double?)
    {
        guard text != "NaN" else {
            #expect(GoFloat.value(text)?.isNaN == true)
            return
        }
        #expect(GoFloat.value(text) == number)
    }

    @Test func everyDoubleComesBack() {
        var chance = Chance(2)
        for _ in 0..<2000 {
            let number = Double(bitPattern: UInt64.random(in: 0...UInt64.max, using: &chance))
            guard number.isFinite else { continue }
            let text = GoFloat.text(number)
            #expect(!text.contains("e"))
            #expect(GoFloat.value(text)?.bitPattern == number.bitPattern, "\(text)")
        }
    }
}

/// Times as `lastmodified` has them.
@Suite struct GoTimeTests {
    @Test(arguments: [
        ("2026-11-21T08:55:11Z", "2026-11-21T08:55:11Z"), ("2026-11-21T08:55:11.999Z", "2026-11-21T08:55:11Z"),
        ("2026-11-21T08:55:11+02:00", "2026-11-21T08:55:11+02:00"), ("2026-11-21", "2026-11-21T00:00:00Z"),
        ("2026-1-2 3:4:5", "2026-01-02T03:04:05Z"), ("2026-11-21T08:55:11-00:00", "2026-11-21T08:55:11Z"),
        ("0001-02-03T04:05:06Z", "0001-02-03T04:05:06Z"),
    ]) func hasWholeSeconds(_ text: String, _ seconds: String) {
        #expect(GoTime(text)?.wholeSeconds == seconds)
    }

    @Test(arguments: [
        "", "x", "2026", "2026-13-01", "2026-11-21T", "2026-11-21T08:55:11", "2026-11-21 08:55:11Z", "\0",
    ])
    func whatIsNoneIsNone(_ text: String) {
        #expect(GoTime(text) == nil)
    }

    @Test func isItsOwnText() throws {
        for text in ["2001-12-14T21:59:43.123456789-05:30", "2001-12-14T00:00:00Z", "2001-12-14T00:00:00.5Z"] {
            #expect(try #require(GoTime(text)).nanoseconds == text)
        }
    }
}

/// Sharing a secret, against a reference with tables.
@Suite struct ShamirTests {
    /// Powers of the generator 3, and their logarithms.
    private static let powers: [UInt8] = {
        var power: UInt8 = 1
        return (0..<255).map { _ in
            defer { power = power ^ (power << 1) ^ (power & 0x80 > 0 ? 0x1B : 0) }
            return power
        }
    }()
    private static let logarithms: [Int] = (0...255).map { element in powers.firstIndex(of: UInt8(element)) ?? 0 }

    static func product(_ left: UInt8, _ right: UInt8) -> UInt8 {
        left == 0 || right == 0 ? 0 : powers[(logarithms[Int(left)] + logarithms[Int(right)]) % 255]
    }

    @Test func multipliesAsTheTablesDo() {
        for left in UInt8.min...UInt8.max {
            let isRight = (UInt8.min...UInt8.max).allSatisfy {
                Shamir.multiply(left, $0) == Self.product(left, $0)
            }
            #expect(isRight, "times \(left)")
        }
        // FIPS 197 §4.2.
        #expect(Shamir.multiply(0x57, 0x83) == 0xC1)
        #expect(Shamir.multiply(0x57, 0x13) == 0xFE)
    }

    @Test func everyElementHasItsInverse() {
        for element in UInt8(1)...UInt8.max { #expect(Shamir.multiply(element, Shamir.inverse(element)) == 1) }
        #expect(Shamir.inverse(0x53) == 0xCA)
    }

    /// The secret is the polynomials' value at 0.
    static func shares(of secret: [UInt8], threshold: Int, places: [UInt8]) -> [SecretText] {
        var chance = Chance(3)
        let polynomials = secret.map { byte in
            [byte] + (1..<threshold).map { _ in UInt8.random(in: 1...255, using: &chance) }
        }
        return places.map { place in
            let values = polynomials.map { $0.reversed().reduce(0) { product($0, place) ^ $1 } }
            return Sample.text(values + [place])
        }
    }

    @Test(
        arguments: [
            (1, [7]), (2, [1, 2]), (2, [255, 1]), (3, [1, 2, 3]), (3, [9, 4, 200]), (5, [5, 4, 3, 2, 1]),
            (2, [1, 2, 3]),
        ] as [(Int, [UInt8])]) func enoughSharesMakeTheSecret(_ threshold: Int, _ places: [UInt8])
    {
        let secret = Array(UInt8(100)..<132)
        let shares = Self.shares(of: secret, threshold: threshold, places: places)
        #expect(combined(shares) == secret)
        #expect(combined(shares.reversed()) == secret)
    }

    @Test func tooFewSharesMakeSomethingElse() {
        let secret = Array(UInt8(100)..<132)
        let shares = Self.shares(of: secret, threshold: 3, places: [1, 2, 3])
        for pair in [[0, 1], [0, 2], [1, 2]] {
            let other = combined(pair.map { shares[$0] })
            #expect(other?.count == 32)
            #expect(other != secret)
        }
    }

    @Test(
        arguments: [
            [], [[]], [[1]], [[], []], [[5, 0]], [[5, 1], [6, 1]], [[5, 1], [6, 0]], [[5, 1], [5, 6, 2]],
            [[5, 1], [2]],
            [[5, 1], [6, 2], [7, 1]],
        ] as [[[UInt8]]]) func unsoundSharesAreRefused(_ shares: [[UInt8]])
    {
        #expect(combined(shares.map { Sample.text($0) }) == nil)
    }

    private func combined(_ shares: [SecretText]) -> [UInt8]? {
        switch Shamir.combine(shares) {
        case .some(let secret): secret.withBytes { bytes in bytes.indices.map { bytes[$0] } }
        case .none: nil
        }
    }
}

/// Which values are encrypted.
@Suite struct SelectionTests {
    static let paths: [(rule: String, path: String, isEncrypted: Bool)] = [
        ("everything", "a", true), ("everything", "a_unencrypted", true),
        ("unencrypted suffix _u", "a", true), ("unencrypted suffix _u", "a_u", false),
        ("unencrypted suffix _u", "a_u/b", false), ("unencrypted suffix _u", "a/b_u/c/d", false),
        ("unencrypted suffix _u", "_u", false), ("unencrypted suffix _u", "a_u_", true),
        ("unencrypted suffix _u", "_ua/b", true), ("unencrypted suffix _u", "a_U", true),
        ("encrypted suffix _s", "a", false), ("encrypted suffix _s", "a_s", true),
        ("encrypted suffix _s", "a_s/b/c", true),
        ("encrypted suffix _s", "a/b_s", true), ("encrypted suffix _s", "s", false),
        // Letters that only look alike, or join another, are others.
        ("encrypted suffix é", "ae\u{301}", false), ("encrypted suffix s", "as\u{301}", false),
        ("unencrypted regex ^pub", "public", false), ("unencrypted regex ^pub", "a/public/b", false),
        ("unencrypted regex ^pub", "republic", true), ("unencrypted regex b$", "ab", false),
        ("encrypted regex pass|token", "my_password/x", true), ("encrypted regex pass|token", "a/token", true),
        ("encrypted regex pass|token", "user", false), ("encrypted regex ^a/b$", "a/b", false),
        // The rules of comments know no keys.
        ("unencrypted comment regex a", "a", true), ("encrypted comment regex a", "a", false),
    ]

    @Test(arguments: paths.indices) func keysDecide(_ row: Int) throws {
        let (rule, path, isEncrypted) = Self.paths[row]
        let selection = try selection(rule)
        var state = Selection.State()
        for key in path.split(separator: "/") { state = selection.entering(String(key), state) }
        #expect(selection.isEncrypted(state) == isEncrypted)
    }

    static let comments: [(rule: String, comments: [[String]], isEncrypted: Bool)] = [
        ("unencrypted comment regex pub", [[]], true), ("unencrypted comment regex pub", [[" public"]], false),
        ("unencrypted comment regex pub", [[" other", " pub"]], false),
        ("unencrypted comment regex pub", [["pub"], ["other"]], false),
        ("encrypted comment regex sec", [["other"], []], false), ("encrypted comment regex sec", [[], ["sec"]], true),
        // What is encrypted did not match when it was written.
        ("encrypted comment regex .", [["ENC[AES256_GCM,data:AA==,iv:AA==,tag:AA==,type:comment]"]], false),
        // The rules of keys know no comments.
        ("encrypted regex sec", [["sec"]], false), ("unencrypted suffix pub", [["pub"]], true),
    ]

    @Test(arguments: comments.indices) func commentsDecide(_ row: Int) throws {
        let (rule, comments, isEncrypted) = Self.comments[row]
        let selection = try selection(rule)
        var state = Selection.State()
        for level in comments { state = selection.entering("key", selection.behind(level, state)) }
        #expect(selection.isEncrypted(state) == isEncrypted)
    }

    private func selection(_ rule: String) throws -> Selection {
        let words = rule.split(separator: " ")
        let last = String(words[words.count - 1])
        switch words.dropLast().joined(separator: " ") {
        case "": return .everything
        case "unencrypted suffix": return .unencryptedSuffix(last)
        case "encrypted suffix": return .encryptedSuffix(last)
        case "unencrypted regex": return .unencryptedRegex(try Pattern(last))
        case "encrypted regex": return .encryptedRegex(try Pattern(last))
        case "unencrypted comment regex": return .unencryptedCommentRegex(try Pattern(last))
        default: return .encryptedCommentRegex(try Pattern(last))
        }
    }
}

/// The form of an encrypted value.
@Suite struct CiphertextTests {
    static let iv = Base64.encode([UInt8](repeating: 1, count: 32), .required)
    static let tag = Base64.encode([UInt8](repeating: 2, count: 16), .required)
    static let sound = "ENC[AES256_GCM,data:AAAA,iv:\(iv),tag:\(tag),type:str]"

    @Test func isRead() throws {
        let read = try #require(Ciphertext(Self.sound))
        #expect(read.data == [0, 0, 0])
        #expect(read.iv == [UInt8](repeating: 1, count: 32))
        #expect(read.tag == [UInt8](repeating: 2, count: 16))
        #expect(read.type == "str")
        #expect(Ciphertext.type(of: Self.sound) == "str")
    }

    /// SOPS's own expression has no end.
    @Test(arguments: ["\(sound) ", "\(sound)\n", "\(sound)x"]) func mayBeFollowedBySomething(_ text: String) {
        #expect(Ciphertext(text)?.type == "str")
    }

    @Test func aNonceMayHaveOtherLengthsFrom12On() {
        for count in 0..<64 {
            let iv = Base64.encode([UInt8](repeating: 1, count: count), .required)
            #expect((Ciphertext(Self.sound.replacing(Self.iv, with: iv)) != nil) == (count >= 12))
            let tag = Base64.encode([UInt8](repeating: 1, count: count), .required)
            #expect((Ciphertext(Self.sound.replacing(Self.tag, with: tag)) != nil) == (count == 16))
        }
    }

    @Test(arguments: [
        "", "ENC", "ENC[", "ENC[]", "ENC[AES256_GCM]", "ENC[AES256_GCM,]", " \(sound)", "x\(sound)",
        "\(sound.dropLast())",
        sound.replacing("ENC[", with: "enc["), sound.replacing("AES256_GCM", with: "AES128_GCM"),
        sound.replacing("data:", with: "dat:"), sound.replacing("AAAA", with: "AAA"),
        sound.replacing("AAAA", with: "AAB="), sound.replacing("AAAA", with: "AA AA"),
        sound.replacing("AAAA", with: "AA-_"), sound.replacing("AAAA,", with: "AAAA,,"),
        sound.replacing("AAAA,", with: "AAAA"), sound.replacing(",type:str", with: ""),
        sound.replacing("type:str", with: "type:"), sound.replacing("iv:\(iv)", with: "iv:"),
        sound.replacing("tag:\(tag)", with: "tag:"), sound.replacing(",type:str", with: ",type:str,more:x"),
        sound.replacing("data:AAAA,iv:\(iv)", with: "iv:\(iv),data:AAAA"), sound.replacing(",", with: ", "),
        "\(sound) \(sound)",
    ]) func aMalformedOneIsRefused(_ text: String) {
        #expect(Ciphertext(text) == nil)
    }
}

/// Commands are split as SOPS 3.11 splits them, which has no shell either.
@Suite struct CommandLineTests {
    @Test(
        arguments: [
            ("", []), (" ", []), ("a", ["a"]), ("a b", ["a", "b"]), ("  a\t b  ", ["a", "b"]),
            ("a\nb\r\nc", ["a", "b", "c"]),
            ("'a b' c", ["a b", "c"]), ("\"a b\"c", ["a bc"]), ("a\"b c\"d", ["ab cd"]), ("a'b'c", ["abc"]),
            ("''", [""]),
            ("\"\"", [""]), ("a '' b", ["a", "", "b"]), (#"a\ b"#, ["a b"]), (#""a\"b""#, [#"a"b"#]),
            (#""a\\b""#, [#"a\b"#]),
            (#"'a\b'"#, [#"a\b"#]), (#"'a\\b'"#, [#"a\\b"#]), (#"a\nb"#, ["anb"]), (#"\"a"#, ["\"a"]), ("'\"'", ["\""]),
            ("\"'\"", ["'"]), ("a#b", ["a#b"]), ("$HOME `x` * ~", ["$HOME", "`x`", "*", "~"]),
            ("é \"ü ß\"", ["é", "ü ß"]),
            ("a;b|c&d", ["a;b|c&d"]), ("\"e\u{301}\"", ["e\u{301}"]), ("\"\u{301}a\"", ["\u{301}a"]),
            ("a\u{A0}b", ["a\u{A0}b"]),
            ("a\u{2003}b", ["a\u{2003}b"]),
        ] as [(String, [String])]) func isSplit(_ text: String, _ words: [String])
    {
        #expect(Secrets.CommandLine.split(text) == words)
    }

    @Test(arguments: ["'", "\"", "'a", "\"a", "a'b c", #"a\"#, #""a\"#, #""a\""#, "'a\"", #"'\"#])
    func whatIsOpenIsRefused(_ text: String) {
        #expect(Secrets.CommandLine.split(text) == nil)
    }
}

/// JSON as Go reads it.
@Suite struct JSONStoreTests {
    static let sound: [(text: String, read: String)] = [
        ("{}", "{}"), ("[]", "[]"), (" \t\r\n{ } \n", "{}"), ("\u{FEFF}{}", "{}"), ("[[],{}]", "[[],{}]"),
        (#"{"a":1,"b":[true,false,null]}"#, #"{"a":int 1,"b":[bool true,bool false,null]}"#),
        (#"{"":""}"#, #"{"":""}"#), (#"{"b":1,"a":2}"#, #"{"b":int 1,"a":int 2}"#),
        // Numbers.
        ("0", "int 0"), ("-0", "int 0"), ("-1", "int -1"), ("9223372036854775807", "int 9223372036854775807"),
        ("-9223372036854775808", "int -9223372036854775808"), ("9007199254740993", "int 9007199254740993"),
        ("1.5", "float 1.5"), ("1.0", "float 1"), ("1e3", "float 1000"), ("1E+2", "float 100"), ("1e-2", "float 0.01"),
        ("-0.0", "float -0"), ("0.5", "float 0.5"), ("0e1", "float 0"), ("1e-400", "float 0"),
        ("9223372036854775808", "float 9223372036854776000"), ("1e21", "float 1000000000000000000000"),
        // Strings.
        (#""\"\\\/\b\f\n\r\t""#, "\"\"\\/\u{8}\u{C}\n\r\t\""), (#""\u0041\u00e9\u00E9\u20ac""#, "\"Aéé€\""),
        (#""\ud83d\ude00""#, "\"😀\""), (#""\uD83D\uDE00x""#, "\"😀x\""), (#""\u0000""#, "\"\0\""), ("\"é😀\"", "\"é😀\""),
        // A lone surrogate is U+FFFD, and takes nothing with it.
        (#""\ud83d""#, "\"\u{FFFD}\""), (#""\ude00""#, "\"\u{FFFD}\""), (#""\ud83dx""#, "\"\u{FFFD}x\""),
        (#""\ud83d\n""#, "\"\u{FFFD}\n\""), (#""\ud83d\u0041""#, "\"\u{FFFD}A\""),
        (#""\ud83d\ud83d\ude00""#, "\"\u{FFFD}😀\""), (#""\ude00\ud83d""#, "\"\u{FFFD}\u{FFFD}\""),
        ("\"\u{7F}\u{2028}\"", "\"\u{7F}\u{2028}\""),
    ]

    @Test(arguments: sound.indices) func isRead(_ row: Int) {
        let (document, diagnostics) = JSONStore.read(source(Self.sound[row].text))
        #expect(document.map(described) == Self.sound[row].read)
        #expect(diagnostics.isEmpty)
    }

    @Test(arguments: [
        "", " ", "{", "}", "[", "]", "{]", "[}", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "[1", "[1,", "\"", "\"a",
        // Commas, colons, keys.
        "{,}", "[,]", "[1,]", "{\"a\":1,}", "[,1]", "[1 2]", "[1,,2]", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{\"a\"::1}",
        "{a:1}", "{'a':1}", "{1:1}", "{null:1}", "{\"a\":}", "[1:2]",
        // Behind the document.
        "{}x", "{} {}", "{},", "[]]", "1 2", "{}\0", "{}//", "{}\u{A0}", "nullx", "truefalse",
        // Words.
        "True", "TRUE", "tru", "nul", "nil", "NaN", "Infinity", "-Infinity", "undefined", "t", "n", "f",
        // Numbers.
        "01", "-01", "00", "+1", ".5", "1.", "-", "-.5", "1.e1", "1e", "1e+", "1.2.3", "0x10", "1_0", "--1", "1e400",
        "-1e400", "1-", "1+1", "٣", "1e1e1", "-a",
        // Strings.
        "\"a\nb\"", "\"\t\"", "\"\0\"", "\"\u{1F}\"", #""\x41""#, #""\'""#, #""\a""#, #""\""#, #""\"#, #""\u""#,
        #""\u12""#,
        #""\u123"#, #""\u12g4""#, #""\u+123""#, #""\u-123""#, #""\u 123""#, #""\U0041""#, #""\ud83d\u12""#,
        #""\u１２３４""#,
        "'a'", "\u{201C}a\u{201D}",
        // Keys that stand twice.
        #"{"a":1,"a":1}"#, #"{"a":{"b":1,"b":2}}"#, #"{"a":1,"\u0061":2}"#, #"{"sops":1,"sops":1}"#,
        // Comments.
        "/**/{}", "// x\n{}", "{/**/}", "[1 # x\n]",
    ]) func aMalformedOneIsRefused(_ text: String) {
        let (document, diagnostics) = JSONStore.read(source(text))
        #expect(document == nil)
        #expect(diagnostics.map(\.code.id) == ["R0501"])
    }

    @Test func nestingIsLimited() {
        for (count, isSound) in [(128, true), (129, false), (100_000, false)] {
            let text = String(repeating: "[", count: count) + String(repeating: "]", count: count)
            #expect((JSONStore.read(source(text)).document != nil) == isSound, "\(count)")
        }
    }

    @Test func keysThatOnlyLookAlikeAreTwo() {
        let document = JSONStore.read(source("{\"é\":1,\"e\u{301}\":2}")).document
        #expect(document?.entries?.count == 2)
    }

    @Test func everyTruncationIsRefused() {
        let text = Array(#"{"a": [1.5e3, "x\ud83d\ude00", true], "b": {"c": null}}"#.utf8)
        for count in 0..<text.count {
            #expect(JSONStore.read(source(Array(text.prefix(count)))).document == nil)
        }
    }

    @Test func anyBytesAreReadOrRefused() {
        var chance = Chance(4)
        let letters = Array("{}[]\",:\\u0d8e1.-+tfnrs \n".utf8) + [0x00, 0x7F, 0x80, 0xC3, 0xFF]
        for _ in 0..<5000 {
            let count = Int.random(in: 0...12, using: &chance)
            let text = (0..<count).map { _ in letters[Int.random(in: letters.indices, using: &chance)] }
            let (document, diagnostics) = JSONStore.read(source(text))
            #expect((document == nil) == !diagnostics.isEmpty)
        }
    }
}

/// YAML as SOPS reads it.
@Suite struct YAMLStoreTests {
    static let sound: [(text: String, read: String)] = [
        ("a: 0777\n", #"{"a":int 511}"#), ("a: '0777'\n", #"{"a":"0777"}"#), ("a: \"yes\"\n", #"{"a":"yes"}"#),
        ("a:\nb: ~\n", #"{"a":null,"b":null}"#), ("a: |\n  x\n  y\n", "{\"a\":\"x\ny\n\"}"),
        ("a: >-\n  x\n  y\n", #"{"a":"x y"}"#), ("{}", "{}"), ("a: [1, {b: c}]\n", #"{"a":[int 1,{"b":"c"}]}"#),
        // Tags.
        ("a: !!str 12\n", #"{"a":"12"}"#), ("a: !!int '12'\n", #"{"a":int 12}"#),
        ("a: !!float 12\n", #"{"a":float 12}"#),
        ("a: !!binary aGVsbG8=\n", #"{"a":"hello"}"#), ("a: !!binary |\n  aGVs\n  bG8=\n", #"{"a":"hello"}"#),
        ("a: !mine 12\n", #"{"a":"12"}"#), ("a: ! 0x10\n", #"{"a":int 16}"#), ("a: !mine 'x'\n", #"{"a":"x"}"#),
        // Aliases, and merge keys that are keys.
        ("a: &x 1\nb: *x\n", #"{"a":int 1,"b":int 1}"#),
        ("a: &x {b: 1}\nc: *x\n", #"{"a":{"b":int 1},"c":{"b":int 1}}"#),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", #"{"a":{"b":int 1},"c":{"<<":{"b":int 1}}}"#),
        ("a: &x {b: 1}\n!!merge <<: *x\n", #"{"a":{"b":int 1},"<<":{"b":int 1}}"#),
        // The text's form.
        ("\u{FEFF}a: 1\n", #"{"a":int 1}"#), ("a: 1\r\nb: x\r\n", #"{"a":int 1,"b":"x"}"#),
        ("'1': a\n\"true\": b\n", #"{"1":"a","true":"b"}"#), ("a: x # y\n", #"{"a":"x"}"#),
        // Several documents.
        ("a: 1\n---\nb: 2\n", #"{"a":int 1} {"b":int 2}"#), ("---\n---\na: 1\n", #"{} {"a":int 1}"#),
        ("--- {}\n...\n--- ~\n", "{} {}"), ("a: &x 1\n---\na: &x 2\nb: *x\n", #"{"a":int 1} {"a":int 2,"b":int 2}"#),
    ]

    @Test(arguments: sound.indices) func isRead(_ row: Int) {
        let read = YAMLStore.read(source(Self.sound[row].text))
        #expect(read.documents.map(described).joined(separator: " ") == Self.sound[row].read)
        #expect(read.diagnostics.isEmpty)
    }

    @Test(arguments: [
        "a: 1\na: 2\n", "b: {a: 1, 'a': 2}\n", "a: 1\n---\nb: 1\nb: 1\n", "1: a\n", "true: a\n", "~: a\n", "1.5: a\n",
        "2001-12-14: a\n", "[a]: b\n", "{a: b}: c\n", "? [a]\n: b\n", "- a\n", "text\n", "12\n", "a: *x\n",
        "a: &x [*x]\n",
        "a: &x 1\n---\nb: *x\n", "a: 9223372036854775808\n", "a: 18446744073709551615\n", "a: !!int x\n",
        "a: !!float x\n",
        "a: !!bool x\n", "a: !!binary '?'\n", "a: [\n", "a: 'x\n", "\ta: 1\n", "a: b: c\n", "a: @x\n", "a: \0\n",
    ]) func aMalformedOneIsRefused(_ text: String) {
        #expect(YAMLStore.read(source(text)).diagnostics.hasErrors)
    }

    @Test func aliasesAreLimited() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<10 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        #expect(YAMLStore.read(source(text)).diagnostics.hasErrors)
        let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        #expect(YAMLStore.read(source("a: \(deep)\n")).diagnostics.hasErrors)
    }
}

/// The formats of lines.
@Suite struct FlatStoreTests {
    static let dotenv: [(text: String, read: String)] = [
        ("", "{}"), ("A=b\n", #"{"A":"b"}"#), ("A=b", #"{"A":"b"}"#), ("A=\n", #"{"A":""}"#),
        ("A=b=c\n", #"{"A":"b=c"}"#),
        ("A= b \n", #"{"A":" b "}"#), ("A=\"b\"\n", "{\"A\":\"\"b\"\"}"), (" A =b\n", #"{" A ":"b"}"#),
        ("A=b # c\n", #"{"A":"b # c"}"#), ("#A=b\n\nB=c\n", #"{"B":"c"}"#), ("A=b\\nc\n", "{\"A\":\"b\nc\"}"),
        ("A=1\nB=true\n", #"{"A":"1","B":"true"}"#), ("A=b\r\nB=c\r\n", "{\"A\":\"b\r\",\"B\":\"c\r\"}"),
        ("\u{FEFF}A=b\n", #"{"A":"b"}"#),
    ]

    @Test(arguments: dotenv.indices) func dotenvIsRead(_ row: Int) {
        let read = DotenvStore.read(source(Self.dotenv[row].text))
        #expect(described(read.document.removing("sops")) == Self.dotenv[row].read)
        #expect(read.diagnostics.isEmpty)
    }

    @Test func metadataIsPutTogether() {
        let text = """
            A=b
            sops_age__list_0__map_enc=x\\ny
            sops_age__list_0__map_recipient=r
            sops_age__list_1__map_recipient=s
            sops_key_groups__list_0__map_age__list_0__map_enc=z
            sops_mac=m=n
            """
        let lists = #""age":[{"enc":"x\#ny","recipient":"r"},{"recipient":"s"}],"key_groups":[{"age":[{"enc":"z"}]}]"#
        let dotenv = DotenvStore.read(source(text)).document
        #expect(dotenv["sops"].map(described) == "{\(lists),\"mac\":\"m=n\"}")
        let ini = INIStore.read(source("[sops]\n" + text.replacing("A=b\n", with: "").replacing("sops_", with: "")))
            .document
        #expect(ini["sops"].map(described) == "{\(lists),\"mac\":\"m=n\"}")
    }

    @Test(arguments: ["A\n", "A=b\nA=c\n", "=\nB\n", "A=b\n A\n"]) func malformedDotenvIsRefused(_ text: String) {
        #expect(DotenvStore.read(source(text)).diagnostics.hasErrors)
    }

    static let ini: [(text: String, read: String)] = [
        ("", #"{"DEFAULT":{}}"#), ("a = b\n", #"{"DEFAULT":{"a":"b"}}"#),
        ("[s]\na=b\n", #"{"DEFAULT":{},"s":{"a":"b"}}"#),
        ("[s]\n[t]\n", #"{"DEFAULT":{},"s":{},"t":{}}"#), ("  a  =  b  \n", #"{"DEFAULT":{"a":"b"}}"#),
        ("a = b ; c\nd = e # f\n; g\n# h\n", #"{"DEFAULT":{"a":"b","d":"e"}}"#), ("a =\n", #"{"DEFAULT":{"a":""}}"#),
        ("a = b = c\n", #"{"DEFAULT":{"a":"b = c"}}"#), ("a = 1\n", #"{"DEFAULT":{"a":"1"}}"#),
        ("a = \"b ; c\"\n", #"{"DEFAULT":{"a":"b ; c"}}"#), ("a = `b`\nc = 'd'\n", #"{"DEFAULT":{"a":"b","c":"d"}}"#),
        ("a = \"\"\"b\nc\"\"\"\n", "{\"DEFAULT\":{\"a\":\"b\nc\"}}"),
        ("[s]\r\na = b\r\n", #"{"DEFAULT":{},"s":{"a":"b"}}"#),
        ("[s]\na = b\n[t]\na = c\n", #"{"DEFAULT":{},"s":{"a":"b"},"t":{"a":"c"}}"#),
        // As SOPS 3.11 writes and reads them.
        ("[ s ]\na = b\n", #"{"DEFAULT":{}," s ":{"a":"b"}}"#), ("\"a=b\" = c\n", #"{"DEFAULT":{"a=b":"c"}}"#),
        ("`a` = b\n", #"{"DEFAULT":{"a":"b"}}"#),
        ("[s]\na = b\n[DEFAULT]\nc = d\n", #"{"DEFAULT":{"c":"d"},"s":{"a":"b"}}"#),
        (#"a = "b\"c""#, #"{"DEFAULT":{"a":""b\"c""}}"#), ("a = 'it''s'\n", #"{"DEFAULT":{"a":"'it''s'"}}"#),
        ("a : b\n", #"{"DEFAULT":{"a":"b"}}"#), ("a = b:c\n", #"{"DEFAULT":{"a":"b:c"}}"#),
        ("a.b = c\n", #"{"DEFAULT":{"a.b":"c"}}"#),
    ]

    @Test(arguments: ini.indices) func iniIsRead(_ row: Int) {
        let read = INIStore.read(source(Self.ini[row].text))
        #expect(described(read.document.removing("sops")) == Self.ini[row].read)
        #expect(read.diagnostics.isEmpty)
    }

    @Test(arguments: [
        "a\n", "[s\n", "[]\n", "[s]\na = b\na = c\n", "[s]\n[t]\n[s]\n", "[sops]\n[sops]\n", "a = \"\"\"b\n",
    ])
    func malformedINIIsRefused(_ text: String) {
        #expect(INIStore.read(source(text)).diagnostics.hasErrors)
    }
}

/// Files of the real SOPS 3.11, and what became of them.
@Suite struct SOPSFileTests {
    // MARK: Files as they are

    @Test(arguments: SealedSample.all) func itsIdentityOpensIt(_ sample: SealedSample) {
        let result = Result(sample.text)
        #expect(result.json == sample.json)
        #expect(result.diagnostics.isEmpty)
    }

    @Test func binaryFilesHoldAnyBytes() throws {
        let opened = try #require(Result(SealedSample.binary).secrets)
        #expect(opened.isBinary)
        #expect(
            opened.bytes.withBytes { bytes in bytes.indices.map { bytes[$0] } } == [0, 255, 10, 128]
                + Array("zebra-quilt\n".utf8))
    }

    @Test func severalDocumentsHaveOneMAC() {
        #expect(Result(SealedSample.documents).json == #"{"a":"zebra-quilt-one"} {"b":"zebra-quilt-two"}"#)
    }

    @Test func enoughGroupsOpenASharedFile() {
        let keys = [Sample.alice, Sample.bob, SealedSample.carol]
        for some in [[0, 1], [0, 2], [1, 2], [0, 1, 2], [2, 0]] {
            let result = Result(SealedSample.shared, some.map { keys[$0] })
            #expect(result.json == #"{"a":"zebra-quilt-one"}"#)
        }
        for key in keys { #expect(Result(SealedSample.shared, [key]).codes == ["R0504"]) }
        let more = SealedSample.shared.replacing("shamir_threshold: 2", with: "shamir_threshold: 3")
        #expect(Result(more, Array(keys.prefix(2))).codes == ["R0504"])
        for wrong in ["1", "4", "-1", "x", "1.5"] {
            let changed = SealedSample.shared.replacing("shamir_threshold: 2", with: "shamir_threshold: \(wrong)")
            #expect(Result(changed, keys).json == nil)
        }
    }

    @Test(arguments: SealedSample.all) func withoutAnIdentityThereIsAnOutline(_ sample: SealedSample) throws {
        let result = Result(sample.text, [Sample.bob])
        #expect(result.codes == ["R0504"])
        #expect(result.diagnostics.first?.notes.contains("the file wants \(Sample.aliceRecipient)") == true)
        let file = try #require(SOPSFile.read(source(sample.text))?.file)
        #expect(file.recipients == [[Sample.aliceRecipient]])
        #expect(!file.isShared)
        #expect(file.outlines.count == 1)
    }

    @Test func theOutlineHasTheTypes() throws {
        let file = try #require(SOPSFile.read(source(SealedSample.yaml.text))?.file)
        let outline = try #require(file.outlines.first)
        #expect(outline.entries.map(\.key) == ["db", "list", "port", "ratio", "enabled", "since"])
        func kind(_ steps: String...) -> SecretNode.Kind? {
            guard case .scalar(let kind, nil) = outline.node(at: steps)?.content else { return nil }
            return kind
        }
        #expect(kind("db", "password") == .string)
        #expect(kind("list", "1") == .string)
        #expect(kind("list", "2", "name") == .string)
        #expect(kind("port") == .integer)
        #expect(kind("ratio") == .float)
        #expect(kind("enabled") == .bool)
    }

    /// As go-yaml reads them, they are the same values.
    @Test(arguments: [
        ("count: 511", "count: 0777"), ("count: 511", "count: 0x1_FF"), ("ratio: 1000", "ratio: 1e3"),
        ("flag: \"yes\"", "flag: yes"), ("truth: true", "truth: TRUE"),
        ("day: 2001-12-14T00:00:00Z", "day: 2001-12-14"),
        ("bytes: hello", "bytes: !!binary aGVsbG8="), ("words: shown here", "words: 'shown here'"),
        ("- one\n        - two", "- \"one\"\n        - !!str two"), ("nothing: null", "nothing: ~"),
        ("lastmodified: \"2026-11-21T08:55:11Z\"", "lastmodified: 2026-11-21T08:55:11Z"),
        ("lastmodified: \"2026-11-21T08:55:11Z\"", "lastmodified: 2026-11-21t08:55:11.25Z"),
        ("    version: 3.11.0\n", ""), ("    unencrypted_suffix: _unencrypted\n", ""),
        ("    version: 3.11.0\n", "    version: 3.11.0\n    kms: []\n    pgp: null\n    hc_vault: []\n"),
        ("last: ENC", "# a comment\nlast: ENC"), ("\n", "\r\n"),
    ]) func otherSpellingsAreTheSame(_ old: String, _ new: String) {
        let sample = SealedSample.mixed
        #expect(Result(sample.text.replacing(old, with: new)).json == sample.json)
    }

    @Test func clearValuesOutsideTheMACMayChange() {
        let text = SealedSample.onlyEncrypted.text.replacing("clearly", with: "darkly")
        #expect(Result(text).json == SealedSample.onlyEncrypted.json.replacing("clearly", with: "darkly"))
    }

    // MARK: What was done to them

    struct Slip: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let sample: SealedSample
        let old: String
        let new: String
        let code: String

        init(_ code: String, _ sample: SealedSample, _ old: String, _ new: String) {
            testDescription = "\(sample.testDescription): \(old.debugDescription) → \(new.debugDescription)"
            (self.sample, self.old, self.new, self.code) = (sample, old, new, code)
        }

        var text: String { sample.text.replacing(old, with: new, maxReplacements: 1) }
    }

    static let slips = [
        // Keys are bound to their values.
        Slip("R0505", .yaml, "    user:", "    usr:"), Slip("R0505", .yaml, "db:", "bd:"),
        Slip("R0505", .json, "\"password\"", "\"passwort\""), Slip("R0505", .dotenv, "TOKEN=", "TOKENS="),
        Slip("R0505", .ini, "[db]", "[dc]"), Slip("R0505", .ini, "top =", "tip ="),
        // Clear values, as a whole, too.
        Slip("R0506", .mixed, "shown here", "shown there"), Slip("R0506", .mixed, "count: 511", "count: 512"),
        Slip("R0506", .mixed, "count: 511", "count: 511.5"), Slip("R0506", .mixed, "\"yes\"", "true"),
        Slip("R0506", .mixed, "truth: true", "truth: \"true\""), Slip("R0506", .mixed, "- one", "- two"),
        Slip("R0506", .mixed, "- one\n        - two", "- two\n        - one"), Slip("R0506", .mixed, "- one\n", ""),
        Slip("R0506", .mixed, "day: 2001-12-14T", "day: 2001-12-15T"),
        Slip("R0506", .mixed, "day: 2001", "day: !!str x2001"),
        Slip("R0506", .json, "9007199254740992", "9007199254740993"), Slip("R0506", .json, "\"shown\"", "\"Shown\""),
        Slip("R0506", .dotenv, "clearly", "Clearly"), Slip("R0506", .ini, "clearly", "clear"),
        Slip("R0506", .mixed, "last: ENC", "more_unencrypted: x\nlast: ENC"),
        // Foreign values.
        Slip("R0505", .yaml, "port: ENC", "port: 5432\nother: ENC"), Slip("R0505", .yaml, "port:", "more: x\nport:"),
        Slip("R0505", .yaml, "port:", "more: 1\nport:"), Slip("R0505", .yaml, "port:", "more: true\nport:"),
        Slip("R0505", .dotenv, "EMPTY=", "EMPTY=x"), Slip("R0505", .mixed, "empty: \"\"", "empty: \" \""),
        Slip("R0505", .yaml, "port: ENC[AES256_GCM,data:", "port: ENC[AES256_GCM,data:*"),
        Slip("R0505", .yaml, "port: ENC[AES256_GCM", "port: ENC[AES128_GCM"),
        // Types.
        Slip("R0505", .yaml, "type:int", "type:bool"), Slip("R0505", .yaml, "type:int", "type:complex"),
        Slip("R0505", .yaml, "type:bool", "type:float"), Slip("R0505", .yaml, "type:bool", "type:int"),
        Slip("R0505", .yaml, "type:float", "type:int"), Slip("R0505", .yaml, "type:int", "type:comment"),
        // The MAC.
        Slip("R0506", .yaml, "    mac: ENC", "    cam: ENC"),
        Slip("R0506", .yaml, "    mac: ENC", "    mac: \"\" # ENC"),
        Slip("R0506", .yaml, "    mac: ENC", "    mac: null # ENC"),
        Slip("R0506", .yaml, "    mac: ENC", "    mac: x # ENC"),
        Slip("R0506", .dotenv, "sops_mac=", "sops_nomac="), Slip("R0506", .json, "\"mac\"", "\"nomac\""),
        Slip("R0506", .yaml, "08:55:11", "08:55:12"), Slip("R0506", .yaml, "lastmodified", "lastmodifiet"),
        Slip("R0506", .onlyEncrypted, "    mac_only_encrypted: true\n", ""),
        Slip("R0506", .onlyEncrypted, "mac_only_encrypted: true", "mac_only_encrypted: false"),
        Slip("R0506", .mixed, "    version:", "    mac_only_encrypted: true\n    version:"),
        // The rule.
        Slip("R0505", .mixed, "unencrypted_suffix: _u", "unencrypted_suffix: _x"),
        Slip("R0505", .mixed, "unencrypted_suffix: _unencrypted", "encrypted_regex: .*"),
        Slip("R0505", .mixed, "unencrypted_suffix: _unencrypted", "encrypted_regex: '^$'"),
        Slip("R0501", .mixed, "    version:", "    encrypted_suffix: _x\n    version:"),
        Slip("R0501", .mixed, "unencrypted_suffix: _unencrypted", "encrypted_regex: '('"),
        // The data key.
        Slip("R0501", .yaml, "    age:\n", "    pgp:\n"), Slip("R0501", .yaml, "enc: |", "cne: |"),
        Slip("R0501", .yaml, "-----BEGIN AGE", "-----BEGIN EGA"),
        Slip("R0501", .yaml, "    age:\n", "    age: x\n    x:\n"),
        // The file.
        Slip("R0501", .yaml, "port:", "port: x\nport:"), Slip("R0501", .yaml, "port:", "<<<<<<< HEAD\nport:"),
        Slip("R0501", .yaml, "port:", ">>>>>>> other\nport:"), Slip("R0501", .yaml, "port:", "sops: {}\nport:"),
        Slip("R0501", .json, "\"db\"", "\"sops\": {}, \"db\""), Slip("R0501", .json, "null,", "null"),
        Slip("R0501", .ini, "[more]", "[db]"), Slip("R0501", .dotenv, "TOKEN=", "PASSWORD="),
    ]

    @Test(arguments: slips) func aSlipIsRefused(_ slip: Slip) {
        #expect(slip.text != slip.sample.text)
        let result = Result(slip.text)
        #expect(result.json == nil)
        #expect(result.codes.first == slip.code)
        #expect(!result.told.contains("zebra"))
    }

    @Test func aValueMayNotBeEmptied() {
        for value in SealedSample.yaml.values where !value.contains("type:comment") {
            for empty in ["\"\"", "~", "", "{}", "[]"] {
                #expect(Result(SealedSample.yaml.text.replacing(value, with: empty)).codes == ["R0506"])
            }
        }
    }

    @Test func withoutItsMetadataItIsNoSOPSFile() throws {
        let text = SealedSample.yaml.text
        let start = try #require(text.firstRange(of: "sops:"))
        #expect(SOPSFile.read(source(String(text[..<start.lowerBound]))) == nil)
        #expect(SOPSFile.read(source("a: 1\n")) == nil)
        #expect(SOPSFile.read(source("{\"a\": 1}")) == nil)
        #expect(SOPSFile.read(source("")) == nil)
    }

    @Test func documentsMayNotChangePlaces() {
        let text = SealedSample.documents
        let a = "a: " + (text.firstMatch(of: /(?m)^a: (.*)$/).map { String($0.1) } ?? "")
        let b = "b: " + (text.firstMatch(of: /(?m)^b: (.*)$/).map { String($0.1) } ?? "")
        let exchanged = text.replacing(a, with: "@").replacing(b, with: a).replacing("@", with: b)
        #expect(Result(exchanged).codes == ["R0506"])
        // The blocks of all documents say the same.
        let other = text.split(separator: "---\nb:").joined(separator: "---\nb:").replacing(/(?s)(---\nb:.*)3\.11\.0/) {
            $0.output.1 + "3.12.0"
        }
        #expect(Result(other).codes == ["R0501"])
    }

    // MARK: Whatever is done to them

    @Test(arguments: SealedSample.whole) func anyTwoValuesExchangedAreSeen(_ sample: SealedSample) {
        let values = sample.values
        for (index, first) in values.enumerated() {
            for second in values[(index + 1)...] {
                let text = sample.text.replacing(first, with: "@").replacing(second, with: first)
                    .replacing("@", with: second)
                expectSame(text, sample)
            }
        }
    }

    @Test(arguments: SealedSample.whole) func anyLineDroppedOrDoubledIsSeen(_ sample: SealedSample) {
        let lines = sample.text.split(separator: "\n", omittingEmptySubsequences: false)
        for index in lines.indices {
            var dropped = lines
            dropped.remove(at: index)
            expectSame(dropped.joined(separator: "\n"), sample)
            var doubled = lines
            doubled.insert(lines[index], at: index)
            expectSame(doubled.joined(separator: "\n"), sample)
            guard index > 0 else { continue }
            var exchanged = lines
            exchanged.swapAt(index - 1, index)
            expectSame(exchanged.joined(separator: "\n"), sample)
        }
    }

    @Test(arguments: SealedSample.whole) func anyByteChangedIsSeen(_ sample: SealedSample) {
        var chance = Chance(5)
        let bytes = Array(sample.text.utf8)
        let keyring = Keyring(TestHost(Sample.alice))
        for index in bytes.indices {
            var changed = bytes
            switch Int.random(in: 0..<4, using: &chance) {
            case 0: changed[index] ^= 1 << Int.random(in: 0..<8, using: &chance)
            case 1: changed[index] = bytes[Int.random(in: bytes.indices, using: &chance)]
            case 2: changed.remove(at: index)
            default: changed.insert(bytes[Int.random(in: bytes.indices, using: &chance)], at: index)
            }
            expectSame(changed, sample, keyring)
        }
    }

    @Test(arguments: SealedSample.whole) func aFileThatIsCutOffIsSeen(_ sample: SealedSample) {
        let bytes = Array(sample.text.utf8)
        let keyring = Keyring(TestHost(Sample.alice))
        for count in stride(from: 0, to: bytes.count, by: 3) { expectSame(Array(bytes.prefix(count)), sample, keyring) }
    }

    private func expectSame(_ text: String, _ sample: SealedSample) {
        expectSame(Array(text.utf8), sample, Keyring(TestHost(Sample.alice)))
    }

    /// Refused, or the same values: what SOPS vouches for. The names of clear ones, empty ones and comments it does not.
    private func expectSame(_ bytes: [UInt8], _ sample: SealedSample, _ keyring: Keyring) {
        let result = Result(bytes, keyring)
        if result.told.contains("zebra") { Issue.record("tells a value: \(result.told)") }
        guard let values = result.values, values != sample.openedValues else { return }
        Issue.record("says \(values) in \(String(decoding: bytes, as: UTF8.self))")
    }

    /// What opening a file gave.
    fileprivate struct Result {
        var secrets: OpenedSecrets?
        var diagnostics: [Diagnostic] = []

        init(_ text: String, _ keys: [String] = [Sample.alice]) {
            let files = keys.enumerated().map { ("key\($0.offset)", Array($0.element.utf8)) }
            let names = files.map(\.0)
            let host = TestHost(files: Dictionary(uniqueKeysWithValues: files), identityFiles: names)
            self.init(Array(text.utf8), Keyring(host))
        }

        init(_ bytes: [UInt8], _ keyring: Keyring) {
            let source = source(bytes)
            guard let (file, found) = SealedFile.read(source) else { return }
            diagnostics = found
            guard let file else { return }
            let opened = file.open(source, keyring)
            secrets = opened.secrets
            diagnostics += opened.diagnostics
        }

        var codes: [String] { diagnostics.map(\.code.id) }

        var told: String {
            diagnostics.map { ([$0.message, $0.help ?? ""] + $0.notes).joined(separator: " ") }.joined(separator: " ")
        }

        var json: String? {
            secrets.map { secrets in secrets.documents.map { json($0, secrets.text) }.joined(separator: " ") }
        }

        private func json(_ node: SecretNode, _ text: SecretText) -> String {
            switch node.content {
            case .map(let entries):
                return "{" + entries.map { quoted($0.key) + ":" + json($0.value, text) }.joined(separator: ",") + "}"
            case .list(let items): return "[" + items.map { json($0, text) }.joined(separator: ",") + "]"
            case .scalar(let kind, let range):
                let letters = range.map { range in
                    text.withBytes(range) { bytes in String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self) }
                }
                return [.string, .empty].contains(kind) ? quoted(letters ?? "") : letters ?? "null"
            }
        }

        private func quoted(_ text: String) -> String {
            let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            return "\"\(escaped)\""
        }

        /// The values one after the other, without those that are nothing.
        var values: [String]? {
            secrets.map { secrets in secrets.documents.flatMap { values($0, secrets.text) } }
        }

        private func values(_ node: SecretNode, _ text: SecretText) -> [String] {
            switch node.content {
            case .map(let entries): entries.flatMap { values($0.value, text) }
            case .list(let items): items.flatMap { values($0, text) }
            case .scalar: [json(node, text)].filter { $0 != "null" && $0 != "\"\"" }
            }
        }
    }
}

// MARK: In words

private func source(_ text: String) -> Source { source(Array(text.utf8)) }

private func source(_ bytes: [UInt8]) -> Source {
    Source(id: SourceID(index: 0), path: "secrets.enc", bytes: bytes, isSecret: true)
}

private func described(_ scalar: SOPSNode.Scalar?) -> String {
    switch scalar {
    case nil: "refused"
    case .null: "null"
    case .bool(let value): "bool \(value)"
    case .integer(let number): "int \(number)"
    case .float: "float \(scalar?.text ?? "")"
    case .string(let text): "\"\(text)\""
    case .time(let text): "time \(text)"
    }
}

private func described(_ node: SOPSNode) -> String {
    switch node.content {
    case .map(let entries): "{" + entries.map { "\"\($0.key)\":" + described($0.value) }.joined(separator: ",") + "}"
    case .list(let items): "[" + items.map { described($0) }.joined(separator: ",") + "]"
    case .scalar(let scalar): described(scalar)
    }
}

// MARK: Samples

/// What the real SOPS 3.11.0 encrypted for Alice, with no secrets in it, and what it makes of them.
struct SealedSample: CustomTestStringConvertible {
    let testDescription: String
    let text: String
    let json: String

    private init(_ name: String, _ text: String, _ json: String) {
        (testDescription, self.text, self.json) = (name, text, json)
    }

    /// The encrypted values, without the MAC.
    var values: [String] {
        text.matches(of: /ENC\[[^\]]*\]/).map { String($0.output) }.filter { $0.utf8.count < 250 }
    }

    var openedValues: [String]? { SOPSFileTests.Result(text).values }

    static let all = whole + [onlyEncrypted]
    /// Those whose MAC is over every value.
    static let whole = [yaml, mixed, json, dotenv, ini]
    static let carol = "AGE-SECRET-KEY-1RN4MT9CZQKLK6GVM9M50DH6T5N3AUMX6MW297SHGLZPFQ4N7MUHQHXUCQ4"

    static let yaml = SealedSample(
        "YAML",
        """
        #ENC[AES256_GCM,data:TC7lDpA52bVJb/PxCA==,iv:L/RW415BMI5+8w5XwaDfDPG3vFQlzn5M8GlGZHChDwc=,tag:NnBUTcBaqo9uxirxNvyXXA==,type:comment]
        db:
            password: ENC[AES256_GCM,data:DnkEcq8EXPVVdEOCtpns,iv:H5kpJcUEnW9MsQGJ7vNs+JjlMMl+/gpI1Rhqb12o8iI=,tag:EpqMv3KHCUmKe0npx/8V8w==,type:str]
            #ENC[AES256_GCM,data:XgUiWTq8TU2u6c7OPLvCcq0Wqw==,iv:CZSDWt6U/9Nw/hW1BlctmXOVVodenr2mMa8WkmB0BaE=,tag:oeNJcuvsmM+shqcbhrO2AQ==,type:comment]
            user: ENC[AES256_GCM,data:XV+YhLmTrDuOyEbaTLur,iv:E/mMV3jcTG/93He7VtFOJa1OoOIzXLS6dQzuiXKZ/dc=,tag:pGr9sW/pn1L6RPhbsGJriQ==,type:str]
        list:
            - ENC[AES256_GCM,data:fSjsWTlutEdwK2KEcg==,iv:VzVl22L98dxT0NoHCJ0vRWhCH/7GJKiMPvvr30EBYcQ=,tag:H9g4+hh+UHRrNOQ8FxlD1A==,type:comment]
            - ENC[AES256_GCM,data:A82Dw5Fny9Ho09uXo0JcRZs=,iv:SwnZ1aVyCEd5o3rutbYw18evCWY7zG2a/26Tg7mibNM=,tag:uz02GGJmJgT6cy3qR5x51w==,type:str]
            - ENC[AES256_GCM,data:KnY5rO/KvbZug8CQp1wlhg==,iv:5Di5/ZNJDLJUGVhePdAuj9SBxmA1iL76hBKR541QJAk=,tag:SCWd6vgJcx+LIcgOFLB+Pw==,type:str]
            - name: ENC[AES256_GCM,data:4F4cM1Njphn3tsSgJuNItA==,iv:cEpeNK3nECwIRcRqAjdVyA1ICtGf0hJ/OTDYpO3HdZU=,tag:9CRIsEFS2VrAj5ymoGN6bw==,type:str]
        port: ENC[AES256_GCM,data:geUS7Q==,iv:vJ5PjEWQWLfu6c6gpwgZi1UUKqy5AEgpoaG4lpn+IwI=,tag:vQrwSrB1qmxsYDYFAKPNXQ==,type:int]
        ratio: ENC[AES256_GCM,data:zx1R,iv:2F9LshcBVIPYRe9avNB9BWDknnbG8lwSwZwjmAFDVPA=,tag:NPdLiJZAIET0aHXJVg10vg==,type:float]
        enabled: ENC[AES256_GCM,data:x+J2iQ==,iv:f8SxxGZQd6dqqXcX9uoE0WN8Pd5rJ516XykuUH000Z8=,tag:Vk7YAb0OaejEcgPRSk9XLw==,type:bool]
        since: ENC[AES256_GCM,data:ns968IJNMcKJUVtSIlY1i5N/8No=,iv:ZjvL/yOkYtmqx1JO6BRCHxH1ODrxfvMdT5LybO5T+P8=,tag:FJ3q1rBdLfbLGrB1l0zeLg==,type:time]
        sops:
            age:
                - recipient: age1lp6m6gl89enpdhjkxjw6ete6l4cmwxr520km8dv6eg976vufe9fsm278u7
                  enc: |
                    -----BEGIN AGE ENCRYPTED FILE-----
                    YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBuWUtmcm9OQVNOTDVVcldi
                    VmxpVERqeDl1RW5veTRxcFo5NDdCamJKWDJZCkpHOGl3bXpRbFlLZm1kMHhwZUF3
                    Y3pYTG9SeFpOdVcyWno2aGxyT0N6SUEKLS0tIHhaUFMxZm5zQ0JleXBYcTdZQnky
                    clVoTE90dGltNWZ0TDcvdHJBQUNCT00KcKGcG8GxlTBiAIuADjzwvezN80QfYfqb
                    UuUB760gZSHPrpZtbuScplVY+14owjeHOt4r3i3VZff0EJa6aAmPLw==
                    -----END AGE ENCRYPTED FILE-----
            lastmodified: "2026-11-21T08:55:11Z"
            mac: ENC[AES256_GCM,data:brc4Z6Xm2lqWqk+dozKxLUZ7JeWQno3TV0crEL8RNX9dsMLPH6HHlyuwyc0ko3i7b83ymwAcNs/mjjjJRrb8mh0EpXrbq9kGrrCaWjKMpZ90rEMye05G7mD9VpgSULWQNrauoJzkYgaaSSZapzAjtK+bo2GIqJpvHxEbucNHykU=,iv:YBAuYLPKwYH9wwT1WoEgc+izUD/4KUyGdePsHgRj/Nc=,tag:29o3c1GNJUqRGsca2QVYMw==,type:str]
            unencrypted_suffix: _unencrypted
            version: 3.11.0

        """,
        #"""
        {"db":{"password":"zebra-quilt-one","user":"zebra-quilt-two"},"list":["zebra-quilt-three","zebra-quilt-four",{"name":"zebra-quilt-five"}],"port":5432,"ratio":2.5,"enabled":true,"since":"2001-12-14T00:00:00Z"}
        """#)

    static let mixed = SealedSample(
        "clear and encrypted",
        """
        text: ENC[AES256_GCM,data:WF0eQSQAvwY2P/LHuz3P,iv:4OroeCk2o49EU9xswsTx4F/CBSyZw3v0ohs+y4XeaLw=,tag:D2XvPhqPCgbsgfggsUfwKQ==,type:str]
        empty: ""
        nothing: null
        things: {}
        none: []
        clear_unencrypted:
            words: shown here
            count: 511
            ratio: 1000
            flag: "yes"
            truth: true
            day: 2001-12-14T00:00:00Z
            list:
                - one
                - two
            bytes: hello
        last: ENC[AES256_GCM,data:TQYUOqhoRM64x4uJ5s2+R/U=,iv:PxKq9rec8MGLospwMUCEnCFa+RreAG10jqx5kxy1938=,tag:nkiqsu2wzkvv1r8ymJEfnQ==,type:str]
        sops:
            age:
                - recipient: age1lp6m6gl89enpdhjkxjw6ete6l4cmwxr520km8dv6eg976vufe9fsm278u7
                  enc: |
                    -----BEGIN AGE ENCRYPTED FILE-----
                    YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBjbjhQTTU3MjJhN2dleFcy
                    UWJJSDN4WTJGZ2ZrL203aE8yRkpnWXRvNHhVCm0yT2t1NkJIem5ocVV1YWl2ei9m
                    UDNOQXhEZitZU09NQXV3SmpHbmNNU1UKLS0tIHhqUEd0T3RCSVpLZUdkUTB2ejUv
                    WkRXMklsNEg5V3pJamcyTWpZWVlGcnMKXaz68VdSAWgisHatLiRImv7U6mN60W1P
                    P7DSjTZbeNKsAgkMiriRDUuq/5uEqEqaRLOsQU8SyPrRrsMuETrkjg==
                    -----END AGE ENCRYPTED FILE-----
            lastmodified: "2026-11-21T08:55:11Z"
            mac: ENC[AES256_GCM,data:/bY7RICctA9Sj/kl5vdV4nthBi2hxn0ODAd/n6NxB8Wz9tgc3jxGl1Xa31xtemT7UH0Sgfp/KK4S4qNPwywqJJtveLjJE7+OpU2Cd4WKP8RKSUC453+eD/bw3OX26bN3EpRzUs1ErV/SSTf0zsqic1XyWTgqFAP/xvL5qu8DodY=,iv:D7SUMBx80Q6oTIxAoGn5BZeg9wA1wRyMWAJRUiwIjv0=,tag:i+Ej3OOa8Dsor/6t8G/h5w==,type:str]
            unencrypted_suffix: _unencrypted
            version: 3.11.0

        """,
        #"""
        {"text":"zebra-quilt-six","empty":"","nothing":null,"things":{},"none":[],"clear_unencrypted":{"words":"shown here","count":511,"ratio":1000,"flag":"yes","truth":true,"day":"2001-12-14T00:00:00Z","list":["one","two"],"bytes":"hello"},"last":"zebra-quilt-seven"}
        """#)

    static let onlyEncrypted = SealedSample(
        "a MAC of encrypted values",
        """
        a: ENC[AES256_GCM,data:xHw7yXGAQaxU20DYg2F4,iv:RJea6De+8/tJHdp8C0vn4MJ0Qy4Xbm0s8Fr/ahGc1Fs=,tag:GSHP5dzQo1ojnlrTqQqkvg==,type:str]
        shown_unencrypted: clearly
        sops:
            age:
                - recipient: age1lp6m6gl89enpdhjkxjw6ete6l4cmwxr520km8dv6eg976vufe9fsm278u7
                  enc: |
                    -----BEGIN AGE ENCRYPTED FILE-----
                    YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBSd0RJQkVzVmNmbjcxV2pC
                    MWlNZGlSUVBCeVNZL1FEaHdEMVhBamoyVXlFCldRZkJ1VjN6ajRzYlQybGVPS0RE
                    S3Q4TTAxVE5VeEZUckx3cVljTXk1Vm8KLS0tIDNFc3dLZWdmbGVDNzUzYkZIMHMx
                    UTlQU1UvVUIxV3dQYjF0RjN2OWRRTUkKisTvdb2gBl6a1OckYHBfp0HXg4PGLRLt
                    IkMWMeeKCIYx0D0OjaBsJ8ye2T5rNAZFIt9fd8vkABK7XrroOv7ygw==
                    -----END AGE ENCRYPTED FILE-----
            lastmodified: "2026-11-21T08:55:12Z"
            mac: ENC[AES256_GCM,data:M1ifJ4QeOwme84H8+Kn9dqIWh88UBFYvTBNAOhy776myE/M0qkb+4zufWo92QnJQz5rEAMaXAKVp14ShleQiQgu6gu5V2yLUhPAFLBwFHzeMhwtpmhknuiNVEP9dpgNhMwdsdYJf/rS5f9P463eSy1v5SW+xh4bKBuENroe+0Rk=,iv:9M8JurBuKv4Ekr9jtrW0zv+5iJLKZUMQLQEKZDFYDGo=,tag:C6/5REA7xTPh3VY+Cg19LQ==,type:str]
            unencrypted_suffix: _unencrypted
            mac_only_encrypted: true
            version: 3.11.0

        """,
        #"""
        {"a":"zebra-quilt-one","shown_unencrypted":"clearly"}
        """#)

    static let json = SealedSample(
        "JSON",
        #"""
        {
        	"db": {
        		"password": "ENC[AES256_GCM,data:CEYRIJt0k/aGwjnaAsE6,iv:J54WSOL4XI2HBxTI2lpXjyslr5064da8PLZlUlM/GNo=,tag:6xcJYzdYT0knDyYkSpZ1Xg==,type:str]",
        		"ü \"q\"": "ENC[AES256_GCM,data:fG4MuQFNfphU8nLWxNF5zNbiLRI=,iv:MvQNoJKOkyB0/wyYw9MzG6dhZblv1SAHyrkdBHuYLsk=,tag:KKhtie9A66hBlaKlwb5enA==,type:str]"
        	},
        	"list": [
        		"ENC[AES256_GCM,data:tTIZN2/V5EJ7yusl7ey0Ahw=,iv:CkMTE5axJvFprPG+z9k06AsAuR2zD/TF6ms9eeErViM=,tag:PEQ7LgW/bwH96YQnT8jawQ==,type:str]",
        		"ENC[AES256_GCM,data:4A==,iv:Y+J+HeBYfrpVC1kq8UlgzluXcY9wnm5fokYPxJfyg1E=,tag:LmmCevgObpgjt6/GXu+b3w==,type:float]",
        		"ENC[AES256_GCM,data:k4Dk,iv:27rIR5ve85EnJRV8apMAbZ1slpbLPJNXhKNh6T3cUeM=,tag:ykHWbLJxg3WbPD/8fqp6dg==,type:float]",
        		"ENC[AES256_GCM,data:iaITew==,iv:L44O7bXv0eipJSe+Kef/7eKlBdriT3C6EVd4Nh0a164=,tag:TFI9j/8vRPqjytMfrNub1A==,type:bool]",
        		null,
        		""
        	],
        	"clear_unencrypted": {
        		"n": 9007199254740992,
        		"s": "shown"
        	},
        	"sops": {
        		"age": [
        			{
        				"recipient": "age1lp6m6gl89enpdhjkxjw6ete6l4cmwxr520km8dv6eg976vufe9fsm278u7",
        				"enc": "-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBUQ0hEcWtlSkN6bC9uR0Fl\ndHVUZ3dYeW1HZ0RSN2ZQU2dsTmY4RVZVT3pVCmF2cElGMk10WjlRMW8xb1hGSDBR\nOGdmcmNtQzV4UldONVYrWFZSU2ZndWcKLS0tIEFUdGJRSklhd3Jnc3lzem1OMFor\nMTJnTk96NWFRU1RtMFFHWDRoNlpIaEUK+38d5i8IRwQhjM+VuLKR6iIchxAN9HOP\nhKlVkjnvoPzabCJTG4SIOg3BSTqpxeH/udafcSxoI5gly85vDhSaGA==\n-----END AGE ENCRYPTED FILE-----\n"
        			}
        		],
        		"lastmodified": "2026-11-21T08:55:11Z",
        		"mac": "ENC[AES256_GCM,data:a4qbO8pXgPihCpNO1vJIbj38ITxcS01kxdLRWM6+LpBYyE+NxO/lgkoEFNHBeX8AzYT4RHhjTxXM2EgypnEcDzVdjwPPPzEjjY4jxxQpWXGV6pEEf516Uuwo3KH1y6EftconzT01DtApuggCf8qMoimEn1VoNG+7Xg2iKgUM38c=,iv:DsV7EJsTExielgO8AqAtDKCgTCUgI7Yy0Ekli3Uh4/w=,tag:8ocmqdWWceyhQokWzd1JRA==,type:str]",
        		"unencrypted_suffix": "_unencrypted",
        		"version": "3.11.0"
        	}
        }

        """#,
        #"""
        {"db":{"password":"zebra-quilt-one","ü \"q\"":"zebra-quilt-two 😀"},"list":["zebra-quilt-three",7,2.5,true,null,""],"clear_unencrypted":{"n":9007199254740992,"s":"shown"}}
        """#)

    static let dotenv = SealedSample(
        "dotenv",
        #"""
        #ENC[AES256_GCM,data:7nlegph5fQ==,iv:/0cVCb71uKrztQbDcLaj5mnyaHUHANXTZBzVKuqF+5M=,tag:WddBI2LeNnrxIKsbe4pluw==,type:comment]
        PASSWORD=ENC[AES256_GCM,data:WD3lvse6D99mDnTv3/A2,iv:a7wN82PtvNV6QPlOA3d+6GvBCXJ7XkQ564ox9oFdEWg=,tag:4tmZldopSC5kah3ZkjpzVw==,type:str]
        LINES=ENC[AES256_GCM,data:h8fRF7Mm/lr4KyvLrEKqfVMtfYKwcYRE,iv:zAeZzduCsSWy9SCA0c51h4oYBR/C/t5Ehrngkoxmo7I=,tag:bLdjvLBdkqK4JYcQ+Ny2XA==,type:str]
        EMPTY=
        TOKEN=ENC[AES256_GCM,data:Im+npaqgyozZkoal,iv:syVlSSJ41feCVi7p/+0gEUvA5MnAwhS1je81eFGZZ4o=,tag:Za7PQLej6s8KsqkDxNzujA==,type:str]
        SHOWN_unencrypted=clearly
        sops_age__list_0__map_enc=-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBFWGtFcm1pTHhlVW8vd1NX\nc1owYVJJLzcwWWtIK0hMd01CMmE5TDM4endVClRGSis3eVdhUmcrZzJkdUVTSE1T\ncWNSOEh4bjNIZWdhQUEvVnFvRzRJWjgKLS0tIFZlVHhpKzZXQ3NGZmdxdmpTRiti\nUnNWRDR5OG9XUTQrVDFMS1g2WW1SSGcKwhcBiTeI0ROEbiphv5fIs5ss/aJNPdq6\nIXFxtYJOkI0kjH/c54dlOuQS30hqiA98LPbRJggnXOKjv9skxZIABw==\n-----END AGE ENCRYPTED FILE-----\n
        sops_age__list_0__map_recipient=age1lp6m6gl89enpdhjkxjw6ete6l4cmwxr520km8dv6eg976vufe9fsm278u7
        sops_lastmodified=2026-11-21T08:55:11Z
        sops_mac=ENC[AES256_GCM,data:oUim6+RBDyqEEYWJEdnRNv8LUI+6lhlzggXZU5A7I/JzXSq4MLlvpPi2UwgqCgtT3iLCkh9VmuSzm0rbOMELf+fpMo1fVUpHvk4d5Ity7kKUz0ZkP47oT1ASU+1JALZy23f3m0lubWQD+xx/g+V2VjtlaVXh0/klXEiptJzXtd4=,iv:mFnJP7S96d6Nrjl2E6AuUmuuBkUPL0SD6AI/7aAEglc=,tag:RvYn8HkmC59T0JYzZwyzEQ==,type:str]
        sops_unencrypted_suffix=_unencrypted
        sops_version=3.11.0

        """#,
        #"""
        {"PASSWORD":"zebra-quilt-one","LINES":"zebra-quilt-two\nand more","EMPTY":"","TOKEN":"a=b \"quoted\"","SHOWN_unencrypted":"clearly"}
        """#)

    static let ini = SealedSample(
        "INI",
        #"""
        ; ENC[AES256_GCM,data:pOjTbLKY,iv:ga5o2euwJ8zhDiIrqJhiF+IGomaFaBY4nLSTkwlAezA=,tag:zCFfvejfLaOb7QPBek/a1w==,type:comment]
        top = ENC[AES256_GCM,data:MftplNYRUSmIrXVj1h/8Pg==,iv:3dL1VNh6svCcxuo8P8yUloM7pZOhQenIuj4mERaN5eg=,tag:aWJ11oxmMJb6+/xo5lZVqg==,type:str]

        [db]
        password = ENC[AES256_GCM,data:a3rClqbzD6Yddx+if8vu,iv:vuM6YnmfJHQO1x2H2EZkGnbR2YqWoo7YPpyevA8Vk/Y=,tag:uSoKYt1LkfIYEYgIV1fJ6Q==,type:str]
        user     = ENC[AES256_GCM,data:qeD0tZYvkIu+afMHov/H,iv:zjYgkgxEedWAJv9R9qbcRhMK/RW+uBd3dJGUBSlSiG0=,tag:Fejk2V4OpI/SI9lUsiFkfg==,type:str]

        [more]
        shown_unencrypted = clearly
        last              = ENC[AES256_GCM,data:JhK+9uA=,iv:g0kgNFZqbR4QZQGc6Ol4AuPg9poCym8RBvlHbcVGVls=,tag:g4ds/DotQnv5XL21mL2r4Q==,type:str]

        [sops]
        version                    = 3.11.0
        age__list_0__map_enc       = -----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBNYU5QWVF0N1d1Sit3Vzd2\nMVlHY0ZQREN1UnZreWUyOUpZcFJxRE1qTmt3CjNWcFkzZXJINGQ5Skl0U0FvbGNa\nbE02VWswd0JwTjVKSllEcTJmcnVXMUUKLS0tIEdXVkQ3ZnNMeGxKMTk5M1pPdUc3\na29kVWNyS2p6alNXV1pGamVZQmdod3cKhQss4cTR4qeQq0+B8rfrA43zAi5siTN2\nUS6FlMnqd6auX0XAxxlH+XEdpTU2ersNIxvooVl7IG9W/7CGq0iLCg==\n-----END AGE ENCRYPTED FILE-----\n
        age__list_0__map_recipient = age1lp6m6gl89enpdhjkxjw6ete6l4cmwxr520km8dv6eg976vufe9fsm278u7
        lastmodified               = 2026-11-21T08:55:11Z
        mac                        = ENC[AES256_GCM,data:OcuHsnuv0FTuAYUuqOQDQRKd5RVrRWEwsIlu2swHVClpuxZ1dgAKN5O/BTScgIl+TJBhajGAtsZa0B591heuxpqqFayEvS5TvmGVVSwaH9sS/swIqQ4EdNUV0+1v6mLEcQ+ek/H5V4QTLKLP8X3xXbPjYcasu4Cqia+uuz623E8=,iv:v4S0djPXjAvLTqQJhOk2SDU65OaH8HfT0qpKJi5UTeg=,tag:Jr4qMB8hK98qpw06knUUAA==,type:str]
        unencrypted_suffix         = _unencrypted

        """#,
        #"""
        {"DEFAULT":{"top":"zebra-quilt-zero"},"db":{"password":"zebra-quilt-one","user":"zebra-quilt-two"},"more":{"shown_unencrypted":"clearly","last":"a = b"}}
        """#)

    static let binary = #"""
        {
        	"data": "ENC[AES256_GCM,data:RzS5uAKRRLr1HjHgYmH33w==,iv:B+K434KAKxoF2R9+Tb8deTSYWVu0K6Oa3xrphvPFZPk=,tag:1X7Dy5xdE3+GZchgdC7anQ==,type:str]",
        	"sops": {
        		"age": [
        			{
        				"recipient": "age1lp6m6gl89enpdhjkxjw6ete6l4cmwxr520km8dv6eg976vufe9fsm278u7",
        				"enc": "-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBBdjhWYld6bkVrUWkvMmNm\neWNVb2YvNDRmNkdjekFxK1Y4ZGdPNGJZMzFzCldQbUkrZDRZaEQvd21FZ1FEbWRL\nSTcvNGNZR3hyTDBRL21LRVZGYlRLVmMKLS0tIDR4QlFseU5CbGlQY1hmZDZLaXdC\nZllyK0RTY3BCK2ttK3FXZTA2NDZTUFkKb/GdUKO7Zo04T5ZOEQPwYXgfnis2+MNB\nPCC6UF1AcvBvI6CeEFNb+i49Pxrv+HCn0Zc7zp85KHdc7EgulVvtmw==\n-----END AGE ENCRYPTED FILE-----\n"
        			}
        		],
        		"lastmodified": "2026-11-21T08:55:11Z",
        		"mac": "ENC[AES256_GCM,data:zTE/l8EcM6xpoFY4zWkZ4xPdyuIayNJ0AXDGi6qJsfukvQmrI1KNRU02yLarC6x0iVFJn0DqwUU+sfFvraXLYx5F6hT3gofnR9MAr68smx5MGYOxon8299tokw6aR35ckdToagWkL7d4pIhTw22Ga/xxmC1QPN/jzX09L/+c7sA=,iv:lrNTvIBghEBMAJuLzSIvXvNp9UObJeE3XOS4zLuXPzs=,tag:yhvDWocmVvyaeSSTbGxS0Q==,type:str]",
        		"version": "3.11.0"
        	}
        }

        """#

    static let documents = """
        a: ENC[AES256_GCM,data:g/9CnXS9W+iXaIWxHe6F,iv:naD9wLDu1FtI5f+6cWUD45zJTEpitDBePuyXSNlNe5k=,tag:TsHvgmhCPE3mcYsJfK6D6Q==,type:str]
        sops:
            age:
                - recipient: age1lp6m6gl89enpdhjkxjw6ete6l4cmwxr520km8dv6eg976vufe9fsm278u7
                  enc: |
                    -----BEGIN AGE ENCRYPTED FILE-----
                    YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSAvbE84QzJtdm1EL0RwOGZM
                    TkR3aUhibWx4TnNLZUlaSGlFemQ0MGY5L0QwCmNTT1BOZjlycnAzS0lsUEQ4TWRD
                    a3J5UW4wT3VnVlNaaCtDcDd1WlBVR00KLS0tIExtMTQ0K1NQQWw3cWticzBKZUR6
                    NW4zWk5LdUo0UnBReXJ1a0NXQzNrOWMKD2tm/MYAv7CYr/iKfJPRHLtzDlGmGQKt
                    qzvZQQCt6zeIkA4IQErCsAvNLI1g70ae1xbKJD3/85K09fl5XcViJw==
                    -----END AGE ENCRYPTED FILE-----
            lastmodified: "2026-11-21T08:55:12Z"
            mac: ENC[AES256_GCM,data:QzCUXgHrHA5DbhtY+wvA6YEbAvZUpOsjmJIOBhAsVbdpbo6Ah+vPKlvlY6tsZGshcKaNoEYTatL4x/AVzix+l+y5+eoz29FJAcsXoxBbwApV+S/YV7pMsbduGOV68rphBG0jhRnaGL970t0OL0fKO6D1DO1G+Wvft8AVIBW8ivI=,iv:SyNSQTCd5aqFQ5CdaV/P5W424VYnqX3Lh59plDoXIr8=,tag:V4wMC/TpILwYLO1kJIcXtA==,type:str]
            unencrypted_suffix: _unencrypted
            version: 3.11.0
        ---
        b: ENC[AES256_GCM,data:qrBPQUWZvkov/a425K5v,iv:xyIAWn+GC4qLDKy3zcQGDNL67TZKv6wbuFuz7dxlFJw=,tag:kKovXo3qVCLE6zHcVzP9aQ==,type:str]
        sops:
            age:
                - recipient: age1lp6m6gl89enpdhjkxjw6ete6l4cmwxr520km8dv6eg976vufe9fsm278u7
                  enc: |
                    -----BEGIN AGE ENCRYPTED FILE-----
                    YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSAvbE84QzJtdm1EL0RwOGZM
                    TkR3aUhibWx4TnNLZUlaSGlFemQ0MGY5L0QwCmNTT1BOZjlycnAzS0lsUEQ4TWRD
                    a3J5UW4wT3VnVlNaaCtDcDd1WlBVR00KLS0tIExtMTQ0K1NQQWw3cWticzBKZUR6
                    NW4zWk5LdUo0UnBReXJ1a0NXQzNrOWMKD2tm/MYAv7CYr/iKfJPRHLtzDlGmGQKt
                    qzvZQQCt6zeIkA4IQErCsAvNLI1g70ae1xbKJD3/85K09fl5XcViJw==
                    -----END AGE ENCRYPTED FILE-----
            lastmodified: "2026-11-21T08:55:12Z"
            mac: ENC[AES256_GCM,data:QzCUXgHrHA5DbhtY+wvA6YEbAvZUpOsjmJIOBhAsVbdpbo6Ah+vPKlvlY6tsZGshcKaNoEYTatL4x/AVzix+l+y5+eoz29FJAcsXoxBbwApV+S/YV7pMsbduGOV68rphBG0jhRnaGL970t0OL0fKO6D1DO1G+Wvft8AVIBW8ivI=,iv:SyNSQTCd5aqFQ5CdaV/P5W424VYnqX3Lh59plDoXIr8=,tag:V4wMC/TpILwYLO1kJIcXtA==,type:str]
            unencrypted_suffix: _unencrypted
            version: 3.11.0

        """

    /// For Alice, Bob and Carol, two of whom are needed.
    static let shared = """
        a: ENC[AES256_GCM,data:bXE6UcRuSTfVNHoyL2ZZ,iv:xZvlXJfd6JDUa7ZFNNHQ9WisjP1kaKsdErbw5ZIzjtQ=,tag:XgGapBwuO5j8SWT4Fr1yuQ==,type:str]
        sops:
            shamir_threshold: 2
            key_groups:
                - hc_vault: []
                  age:
                    - recipient: age1lp6m6gl89enpdhjkxjw6ete6l4cmwxr520km8dv6eg976vufe9fsm278u7
                      enc: |
                        -----BEGIN AGE ENCRYPTED FILE-----
                        YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSB6aHpVbXZuNTAwS09UV1FB
                        NnRhRjg3TENKMUpaRFBjb1VNc1g3QWRRNGprCktsa0ROZ1U3NzhGUFp1U3NQUnZa
                        M1FQNkhPc3I3ZEZUVmltbjlPWE5HbzAKLS0tIG9MNllwczAzeFpxTmdQK0dFWGhq
                        VHpYdXFoWlBITDljSUN4NU5iUHN4ek0KctgdeNuMY/GWZJU7qRInP6bos0OM4r54
                        kXVryheIg9XHr1uku3bWNVo4wmfh28QQwRbSvkv/5073UyUNnUqt3qU=
                        -----END AGE ENCRYPTED FILE-----
                - hc_vault: []
                  age:
                    - recipient: age1jvdm37crff33e0jp9rnwsua6eee0r2763zph38mcu2x0th6r932st3afjg
                      enc: |
                        -----BEGIN AGE ENCRYPTED FILE-----
                        YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSA1cmxZU2g5WVZ4RHdKK09D
                        RHZjNytvRytRMnc4NjJ4alZzU0Q2czdtWlJVCmJxL2N4cXJ0UUNRRUc4OEZ1L29y
                        WEx5MXo1VHMyMFYvL21LbmhiSXQ5aDAKLS0tIHowbE1HaGFKc2Jad2RjUWQ4aGFq
                        SjNyNWZSTlQvR2lCWnpUekhzZGx3bncK/GJh5dTrLHhjAOfanN/K4frB3M13nDm1
                        hNwi57qQ/d/8zMPkJosw2Dor6OG8TmtDbcsa1m/8YwVahDSfVg1D8/8=
                        -----END AGE ENCRYPTED FILE-----
                - hc_vault: []
                  age:
                    - recipient: age1fve8symgkjut52psgslvc6psv5f75055xws6gywpw8hkdvew8v3sa3yykz
                      enc: |
                        -----BEGIN AGE ENCRYPTED FILE-----
                        YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBjM0FXT2J1OTdkaFlDM2tE
                        eFNSb2lFTW9pT3JYOXhPNUxqeEUxRzVUbFZjCnBuNFB5NHZPVktXcGxqVHBwdity
                        cVYrN0Fwc3hTMnlVZ2ZHcSs1N2QvTVEKLS0tIG00QWJFVDZZcnpZaitGa3hpZHFj
                        UWNnVWlXd0s4dVNLeWtOYlJLVVJDV2sK+xcTuytU9uHMihXjPs2zl0BgRTZCeNzk
                        fBTLucoMf/mWzFrv5UI+xqyXKAG89JBvpKLmaiwb6zGM4sHHa8zMlYM=
                        -----END AGE ENCRYPTED FILE-----
            lastmodified: "2026-11-21T08:55:12Z"
            mac: ENC[AES256_GCM,data:UmkkgUxnAdtR5kAnpbI8/LGLIsMGYGUiNNZKGr9GSJRTYQKajwr6uCWubo5il9xxWS7sNnDsxeN67Stv53nhoVGdWdXPvieL/wScPtk7FunCIoOt7lL1uycyFe1JRTUfg5lmUuajpkBR2dIp1CdZQPEs+XGQDXY+kc626G+I2K0=,iv:CKCCEGSccHirXDY6v7xLjmR8iG/TKqibkDifa394OrM=,tag:8W5ZzNMcCfdRguG0ko3o+w==,type:str]
            unencrypted_suffix: _unencrypted
            version: 3.11.0

        """
}
