import Diagnostics
import SiteModel
import TestSupport
import Testing

@Suite struct ByteWriterTests {
    /// What is appended piece by piece, in any pieces, is what an array of them has.
    @Test(arguments: 0..<50) func saysWhatAnArrayDoes(_ seed: Int) {
        var random = SeededNumbers(seed)
        var bytes = ByteWriter(capacity: Int.random(in: 0...8, using: &random))
        var expected: [UInt8] = []
        for _ in 0..<100 {
            let text = (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random)
            }
            switch Int.random(in: 0..<5, using: &random) {
            case 0:
                bytes.append(7)
                expected.append(7)
            case 1:
                bytes.append(text.span)
                expected += text
            case 2:
                bytes.append(text, 0..<text.count / 2)
                expected += text[..<(text.count / 2)]
            case 3:
                bytes.append(32, times: text.count)
                expected += [UInt8](repeating: 32, count: text.count)
            default:
                bytes.removeLast()
                expected = Array(expected.dropLast())
            }
            #expect(bytes.count == expected.count)
        }
        #expect(bytes.array == expected)
        let half = expected.count / 2
        let rest = bytes.withBytes(from: half) { rest in rest.indices.map { rest[$0] } }
        #expect(rest == Array(expected[half...]))
        bytes.removeAll()
        bytes.removeLast()
        #expect(bytes.array.isEmpty)
    }

    /// Texts and keys of every length, with all that JSON escapes, as `JSONText` writes them.
    @Test func textsAreQuotedAsJSON() {
        let texts =
            ["", "a", "äöü", "a\"b", "back\\slash", "tab\tbreak\n", "\u{1}\u{1F}", "e\u{301}", "\u{1F600}"]
            + (0...40).map { String(repeating: "x", count: $0) }
            + (0...40).map { String(repeating: "x", count: $0) + "\"" }
        for text in texts {
            let quoted = JSONText.quoted(text)
            var bytes = ByteWriter(capacity: 1)
            bytes.append(quoted: text)
            bytes.append(quoted: Key(text))
            bytes.appendQuoted { $0.append(text) }
            bytes.appendQuoted { $0.append(Key(text)) }
            #expect(bytes.text == quoted + quoted + quoted + quoted)
        }
    }
}
