internal import Diagnostics

// Two readers make trees, and must make the same.

extension SyntaxTree {
    /// Notes a tag of ours among what occurs in the file.
    mutating func note(_ tag: OwnTag) {
        switch tag {
        case .raw: hasRawTexts = true
        case .secret: hasSecretPaths = true
        case .alloc: hasPoolNumbers = true
        default: break
        }
    }

    /// Notes a key that begins with `$`.
    mutating func note(key: Letters) {
        guard key.letter(0) == UInt8(ascii: "$") else { return }
        hasDollarKeys = true
        if key.count == 7, key.word(0) == 0x0074_6572_6365_7324 { hasSecretPaths = true }
    }

    /// The first part in which another tree of the same text is not the same: for the tests that hold the readers to each
    /// other.
    package func difference(from other: SyntaxTree, saying text: Swift.Span<UInt8>) -> String? {
        // One reader leaves secrets in the text, the other copies them.
        if leavesValues != other.leavesValues { return copyingValues(text).difference(from: other.copyingValues(text)) }
        return difference(from: other)
    }

    /// The same with all scalars decoded, in their order.
    private func copyingValues(_ text: Letters) -> SyntaxTree {
        var result = self
        result.decoded = []
        for (index, node) in nodes.enumerated() where node.kind == .scalar {
            let range = Int(node.text)..<Int(node.text + node.count)
            result.nodes[index].text = UInt32(result.decoded.count)
            result.nodes[index].flags.insert(.isDecoded)
            for place in range {
                result.decoded.append(node.flags.contains(.isDecoded) ? decoded[place] : text[place])
            }
        }
        return result
    }

    private func difference(from other: SyntaxTree) -> String? {
        if let index = zip(nodes, other.nodes).enumerated().first(where: { $1.0 != $1.1 })?.offset {
            return "node \(index) is \(nodes[index]), \(other.nodes[index])"
        }
        if nodes.count != other.nodes.count { return "\(nodes.count) nodes, \(other.nodes.count)" }
        if decoded != other.decoded { return "decoded texts" }
        if tagSpans != other.tagSpans { return "the places of tags" }
        return facts == other.facts ? nil : "facts \(facts), \(other.facts)"
    }

    private var facts: [Bool] {
        [
            declaresYAML11, hasRawTexts, hasSecretPaths, hasPoolNumbers, hasDollarKeys, hasMerges, hasAliases,
            mayDifferInYAML12,
        ]
    }
}

extension Source {
    /// Where a scalar's text stands in the source as it is, if it does: before the end of the node and its quote.
    func place(of text: borrowing Letters, in node: SyntaxTree.Node) -> UInt32? {
        let inset = node.style == .plain ? 0 : 1
        let start = Int(node.end) - inset - text.count
        guard node.style.rawValue <= ScalarStyle.doubleQuoted.rawValue, start >= Int(node.start) + inset else {
            return nil
        }
        for index in text.indices where bytes[start + index] != text[index] { return nil }
        return UInt32(start)
    }
}
