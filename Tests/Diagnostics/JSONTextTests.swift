import Diagnostics
import TestSupport
import Testing

/// What needs an escape is found eight letters at a time, and is what is found one by one.
@Suite struct JSONTextTests {
    @Test(arguments: 0..<8) func whatNeedsAnEscape(_ seed: Int) {
        var random = SeededNumbers(seed)
        for count in 0..<70 {
            var text = (0..<count).map { _ in UInt8.random(in: 0x20...0xFF, using: &random) }
            for index in text.indices where text[index] == 0x22 || text[index] == 0x5C { text[index] = 0x21 }
            let isPlain = text.span.isPlainJSON
            #expect(isPlain)
            for place in text.indices {
                for letter: UInt8 in [0x00, 0x1F, 0x22, 0x5C] {
                    var other = text
                    other[place] = letter
                    let isOtherPlain = other.span.isPlainJSON
                    #expect(!isOtherPlain, "\(letter) at \(place) of \(count)")
                }
            }
        }
    }

    @Test func quoted() {
        #expect(JSONText.quoted("plain text of some length, é") == "\"plain text of some length, é\"")
        #expect(JSONText.quoted("a \"quote\" at some place\n") == "\"a \\\"quote\\\" at some place\\n\"")
        #expect(JSONText.quoted("0123456\u{1}") == "\"0123456\\u0001\"")
    }
}
