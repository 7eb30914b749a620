import Diagnostics
import Foundation
import TestSupport
import Testing
import YAMLSyntax

/// The shared cases: documents with what PyYAML makes of them, when they lie beside the project.
@Suite struct SharedCasesTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let cases = root.deletingLastPathComponent().appending(path: "shared/yaml/cases.json")

    @Test func everySharedCaseIsReadAsPyYAMLReadsIt() throws {
        guard let bytes = try? Data(contentsOf: Self.cases) else {
            print("SharedCasesTests: \(Self.cases.path) is not there, so its cases were not run")
            return
        }
        let cases = try OrderedJSON.parsed(Array(bytes)).items
        for (index, one) in cases.enumerated() { try check(one, index) }
        print("SharedCasesTests: \(cases.count) cases of \(Self.cases.path) were run")
        #expect(!cases.isEmpty)
    }

    private func check(_ one: OrderedJSON, _ index: Int) throws {
        guard case .string(let text)? = one["yaml"] else {
            Issue.record("case \(index) has no yaml")
            return
        }
        let parsed = Texts.parsed(text)
        let read = parsed.tree.map { PyYAMLText($0).text }
        if let expected = one["expect"] {
            #expect(read == expected.text, "case \(index): \(text)")
        } else {
            // Infinity and NaN are read, but no JSON can hold them.
            #expect(read.map { $0.contains("Infinity") || $0.contains("NaN") } ?? true, "case \(index): \(text)")
            if read == nil { #expect(parsed.diagnostics.contains { $0.severity == .error && $0.primary != nil }) }
        }
    }
}

/// A tree as one line of JSON, keys in order, numbers in one form.
private struct PyYAMLText {
    private(set) var text = ""

    init(_ tree: SyntaxTree) { append(tree, tree.root) }

    private mutating func append(_ tree: SyntaxTree, _ node: NodeID) {
        switch tree.kind(node) {
        case .map:
            text += "{"
            for (index, entry) in tree.entries(node).enumerated() {
                text += (index > 0 ? ", " : "") + tree.string(entry.key).debugDescription + ": "
                append(tree, entry.value)
            }
            text += "}"
        case .list:
            text += "["
            for (index, item) in tree.items(node).enumerated() {
                if index > 0 { text += ", " }
                append(tree, item)
            }
            text += "]"
        default: text += tree.value(node).oneForm
        }
    }
}

extension ScalarValue {
    fileprivate var oneForm: String {
        switch self {
        case .null: "null"
        case .bool(let value): String(value)
        case .integer(let value): String(value)
        case .bigInteger(let digits): digits
        case .float(let value): value.isNaN ? "NaN" : value.isInfinite ? "Infinity" : value.description
        case .string(let text): text.debugDescription
        }
    }
}
