package import Diagnostics

/// Where Salt would run Jinja over a host group: the first place, or nil (DESIGN §7). R0112.
///
/// Text under `vars` is Ansible's, and what is tagged `!raw` says that it is none.
///
/// - Parameters:
///   - tree: the file's tree; nil if it is no YAML.
///   - mistakes: what is wrong with it as YAML, for which Jinja on those lines is the reason.
package func jinja(in source: Source, _ tree: SyntaxTree?, _ mistakes: [Diagnostic]) -> Diagnostic? {
    if let span = otherRenderer(source) {
        return .jinja(span, "Salt would render the file by this line")
    }
    guard let tree else {
        let places = mistakes.filter { $0.code == .syntax || $0.code == .keyType }.compactMap {
            $0.primary.map { Int($0.span.start) }
        }
        return places.lazy.compactMap { firstMark(in: source, line(at: $0, in: source)) }.first.map { .jinja($0) }
    }
    return tree.jinja(below: tree.root, at: []).map { .jinja($0) }
}

/// A first line such as `#!jinja|yaml`; `#!yaml` says that there is no Jinja.
private func otherRenderer(_ source: Source) -> Span? {
    guard source.bytes.starts(with: "#!".utf8) else { return nil }
    let line = source.bytes.prefix { $0 != 0x0A && $0 != 0x0D }
    let renderer = String(decoding: line.dropFirst(2), as: UTF8.self).split(separator: " ").joined()
    return renderer == "yaml" ? nil : Span(source: source.id, start: 0, end: UInt32(line.count))
}

private func line(at offset: Int, in source: Source) -> Range<Int> {
    let bytes = source.bytes
    let offset = min(offset, bytes.count)
    let start = bytes[..<offset].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return start..<(bytes[offset...].firstIndex(of: 0x0A) ?? bytes.count)
}

/// The first `{{` or `{%` of a range that is in no comment.
private func firstMark(in source: Source, _ range: Range<Int>) -> Span? {
    let bytes = source.bytes
    var isComment = false
    for index in range where index + 1 < bytes.count {
        if bytes[index] == 0x0A { isComment = false }
        if bytes[index] == UInt8(ascii: "#"), index == 0 || [0x20, 0x09, 0x0A].contains(bytes[index - 1]) {
            isComment = true
        }
        let isMark = bytes[index + 1] == UInt8(ascii: "{") || bytes[index + 1] == UInt8(ascii: "%")
        guard !isComment, bytes[index] == UInt8(ascii: "{"), isMark else { continue }
        return Span(source: source.id, start: UInt32(index), end: UInt32(index + 2))
    }
    return nil
}

extension SyntaxTree {
    /// - Parameter path: the first keys that lead to the node, as far as they tell whose `vars` stand below.
    fileprivate func jinja(below node: NodeID, at path: [String]) -> Span? {
        for entry in writtenEntries(node) {
            let key = string(entry.key)
            // The group's own, and those of an instance.
            if key == "vars", path.isEmpty || (path.count == 2 && path[0] == "instances") { continue }
            let below = path.count < 3 ? path + [key] : path
            if let found = jinja(inScalar: entry.key) ?? jinja(below: entry.value, at: below) { return found }
        }
        for (index, item) in items(node).enumerated() {
            if let found = jinja(below: item, at: path.count < 3 ? path + [String(index)] : path) { return found }
        }
        return jinja(inScalar: node)
    }

    private func jinja(inScalar node: NodeID) -> Span? {
        guard tag(node) != .raw else { return nil }
        let letters = Array(text(node))
        let hasMark = letters.indices.dropLast().contains { index in
            letters[index] == UInt8(ascii: "{")
                && (letters[index + 1] == UInt8(ascii: "{") || letters[index + 1] == UInt8(ascii: "%"))
        }
        guard hasMark else { return nil }
        let span = span(node)
        return firstMark(in: source, Int(span.start)..<Int(span.end)) ?? span
    }
}

extension Diagnostic {
    fileprivate static func jinja(_ span: Span, _ label: String = "Salt would run it") -> Diagnostic {
        Diagnostic(
            .jinja, "a host group is plain YAML, without Jinja", at: span, label,
            help: "write the value, or the secret it stands for; text that only looks like Jinja is tagged !raw")
    }
}

extension Code {
    package static let jinja = Code(
        "R0112", "Jinja in a host group",
        explanation: """
            A file under `pillar/hosts/` is data: Salt, Ansible and Prometheus are told the same of it, and none of them would \
            run its Jinja alike. So it is refused, quoted or not. Under `vars` templates are Ansible's and stay as they are.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            -- pillar/hosts/kt_web.sls --
            nginx:
              server_name: "{{ grains.id }}.example.net"
            """,
        fix: "Write the value. Before text that only looks like Jinja write `!raw`.")
}
