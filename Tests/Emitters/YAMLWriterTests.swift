import Diagnostics
import Emitters
import Resolution
import SiteModel
import Testing
import YAMLSyntax

/// Whatever is written as YAML is read as the same by PyYAML's rules, and needs none but JSON's types for it.
@Suite struct YAMLWriterTests {
    @Test(arguments: 0..<200) func whatIsWrittenIsReadBack(_ seed: UInt64) throws {
        var random = RandomValues(state: seed &* 0x9E37_79B9_7F4A_7C15 &+ 1)
        let value = Value(.map(random.fields(depth: 0)), .nowhere)
        let text = Self.text(value)
        var sources = SourceMap()
        let parsed = parse(sources.add(path: "out.yaml", bytes: Array(text.utf8), isSecret: false), .strict)
        #expect(parsed.diagnostics.isEmpty, "\(text)")
        let tree = try #require(parsed.tree)
        #expect(wholeValue(of: tree).content == value.content, "\(text)")
    }

    @Test func everyStringIsInQuotes() {
        let value: Fields = [
            "yes": .string("no", .nowhere), "0644": .string("1:30", .nowhere), "": Value(.null, .nowhere),
        ]
        #expect(Self.text(Value(.map(value), .nowhere)) == "\"yes\": \"no\"\n\"0644\": \"1:30\"\n\"\": null\n")
    }

    @Test func whatYAMLTakesForTheEndOfALineIsEscaped() {
        let text = "a\u{85}b\u{2028}c\u{2029}d\u{FEFF}e\u{7F}f\u{9F}g\u{FFFE}h\u{A0}i\u{10FFFF}"
        let written = Self.text(Value(.list([.string(text, .nowhere)]), .nowhere))
        #expect(
            written
                == "- \"a\\u0085b\\u2028c\\u2029d\\ufeffe\\u007ff\\u009fg\\ufffeh\u{A0}i\u{10FFFF}\"\n")
    }

    @Test(arguments: [("1e+22", "1.0e+22"), ("1.5e-07", "1.5e-07"), ("0.1", "0.1"), ("-1e-07", "-1.0e-07")])
    func aFloatHasAPoint(_ text: String, _ written: String) { #expect(YAMLText.float(text) == written) }

    @Test func infinityIsAnError() {
        #expect(YAMLWriter.document(Value(.float(-.infinity), .nowhere)).diagnostics.map(\.code.id) == ["R0701"])
    }

    private static func text(_ value: Value) -> String {
        String(decoding: YAMLWriter.document(value).output.bytes, as: UTF8.self)
    }
}

/// Values of every type, with the texts that YAML is known to mistake.
private struct RandomValues: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state ^ (state >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    }

    mutating func fields(depth: Int) -> Fields {
        Fields((0..<pick(0...4)).map { number in Fields.Entry(Key("\(text())\(number)"), value(depth: depth + 1)) })
    }

    private mutating func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    private mutating func value(depth: Int) -> Value {
        let content: Value.Content =
            switch pick(0...(depth < 4 ? 8 : 6)) {
            case 0: .null
            case 1: .bool(Bool.random(using: &self))
            case 2: .integer(Int.random(in: .min ... .max, using: &self))
            case 3: .bigInteger("-123456789012345678901234567890")
            case 4: .float(Double(sign: .plus, exponent: pick(-900...900), significand: Double(pick(1...1_000_000))))
            case 5, 6: .string(text())
            case 7: .list((0..<pick(0...3)).map { _ in value(depth: depth + 1) })
            default: .map(fields(depth: depth))
            }
        return Value(content, .nowhere)
    }

    private mutating func text() -> String {
        let known = [
            "", "yes", "~", "0644", "1:30", "1e3", "=", "<<", "- a", "? b", "a: b", "a #b", "*x", "&y", "!z", "|", "%a",
            "{{ x }}", "\"q\" 'r' \\", "é密😀", " lead", "trail ", String(repeating: "k", count: 200), "a\nb\n", "\t",
        ]
        guard pick(0...2) == 0 else { return known[pick(0...(known.count - 1))] }
        var scalars = String.UnicodeScalarView()
        for _ in 0..<pick(0...12) {
            let range = [0...0x9F, 0x2000...0x2030, 0xFE00...0xFFFF, 0x1F600...0x1F650][pick(0...3)]
            if let scalar = Unicode.Scalar(UInt32(pick(range))) { scalars.append(scalar) }
        }
        return String(scalars)
    }
}
