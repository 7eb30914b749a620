import Diagnostics
import Emitters
import SiteModel
import Testing

@Suite struct JSONWriterTests {
    @Test func numbersAreExactAndFloatsKeepTheirPoint() {
        let values: [Value.Content] = [.integer(.max), .bigInteger("99999999999999999999"), .float(1500), .float(0.1)]
        #expect(
            text(.list(values.map { Value($0, .builtIn) }))
                == "[\n  9223372036854775807,\n  99999999999999999999,\n  1500.0,\n  0.1\n]\n")
    }

    @Test func infinityIsAnError() {
        #expect(JSONWriter.document(Value(.float(.infinity), .builtIn)).diagnostics.map(\.code.id) == ["R0701"])
    }

    private func text(_ content: Value.Content) -> String {
        String(decoding: JSONWriter.document(Value(content, .builtIn)).output.bytes, as: UTF8.self)
    }
}
