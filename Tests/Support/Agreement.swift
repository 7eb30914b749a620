import Diagnostics
import YAMLSyntax

/// One text, read by both readers of YAML.
package struct Agreement {
    /// Whether the reader of blocks took it.
    package let isTaken: Bool
    /// What is not the same; nil if they agree, or if the reader of blocks left it to libyaml.
    package var difference: String?

    package init(_ text: String) { self.init(Array(text.utf8)) }

    package init(_ text: [UInt8], isSecret: Bool = false) {
        var sources = SourceMap()
        let source =
            isSecret
            ? sources.add(path: "test.yaml", masking: text.span)
            : sources.add(path: "test.yaml", bytes: text, isSecret: false)
        let taken = parseWithBlockReader(source, saying: text.span)
        isTaken = taken != nil
        guard let taken else { return }
        let other = parseWithLibYAML(source, saying: text.span, .strict)
        guard let tree = other.tree, other.diagnostics.isEmpty else {
            difference = "libyaml's reader says: \(other.diagnostics.map(\.message))"
            return
        }
        difference = taken.difference(from: tree, saying: text.span)
        // Where nothing seems to differ from YAML 1.2, nothing does.
        if difference == nil, taken.versionLints().count != tree.searchedVersionLints().count {
            difference = "a value that YAML 1.2 reads otherwise was overlooked"
        }
    }
}
