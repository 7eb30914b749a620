internal import Diagnostics
internal import Resolution
internal import SiteModel

/// What one document of a posture says, in the nested form: `ssh_port` is `ssh.port`, and wins over it.
struct PostureLeaves {
    struct Leaf {
        let path: [Key]
        let value: Value
        let span: Span?
    }

    private(set) var leaves: [Leaf] = []
    /// What a flat key of the same document overrides with something else.
    private(set) var overridden: [Leaf] = []

    init(_ posture: Fields) {
        for entry in posture.entries {
            let flat = FieldTable.flatPostureKeys.first { $0.flat == entry.key }
            if let flat {
                set([flat.section, flat.key], entry)
            } else if PostureDocument.sections.contains(entry.key), let section = entry.value.map {
                for inner in section.entries {
                    guard let winner = winner([entry.key, inner.key], in: posture) else {
                        set([entry.key, inner.key], inner)
                        continue
                    }
                    guard winner.content != inner.value.content else { continue }
                    overridden.append(
                        Leaf(
                            path: [entry.key, inner.key], value: inner.value,
                            span: inner.keySpan ?? inner.value.origin.span))
                }
            } else {
                set([entry.key], entry)
            }
        }
    }

    /// What two documents say together; of what both say, the first one's.
    init(_ first: PostureLeaves, _ second: PostureLeaves) {
        leaves = first.leaves + second.leaves.filter { first[$0.path] == nil }
    }

    subscript(path: [Key]) -> Leaf? { leaves.first { $0.path == path } }

    /// The pairs of places that say different things.
    func contradictions(_ other: PostureLeaves, ordered: Bool) -> [(Leaf, Leaf)] {
        leaves.compactMap { leaf in
            guard let twin = other[leaf.path], twin.value.content != leaf.value.content else { return nil }
            let isSameSet = leaf.path == ["packages"] && !ordered && leaf.value.hasSameItems(as: twin.value)
            return isSameSet ? nil : (leaf, twin)
        }
    }

    func saysTheSame(as other: PostureLeaves) -> Bool {
        leaves.count == other.leaves.count
            && leaves.allSatisfy { other[$0.path]?.value.content == $0.value.content }
    }

    /// What a flat key says of a path.
    private func winner(_ path: [Key], in posture: Fields) -> Value? {
        FieldTable.flatPostureKeys.first { [$0.section, $0.key] == path }.flatMap { posture[$0.flat] }
    }

    private mutating func set(_ path: [Key], _ entry: Fields.Entry) {
        leaves.append(Leaf(path: path, value: entry.value, span: entry.keySpan ?? entry.value.origin.span))
    }
}

extension Value {
    fileprivate func hasSameItems(as other: Value) -> Bool {
        guard let items = list, let others = other.list else { return false }
        return items.allSatisfy { item in others.contains { $0.content == item.content } }
            && others.allSatisfy { item in items.contains { $0.content == item.content } }
    }
}
