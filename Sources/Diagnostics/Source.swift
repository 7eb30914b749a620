/// Names one source text of a run. Ids are small and dense: the n-th source added to a `SourceMap` has id n.
package struct SourceID: Hashable, Sendable {
    package let index: UInt32

    package init(index: UInt32) { self.index = index }
}

/// One text that was read: a file of the site, or what stood in for one.
///
/// Immutable, so that a span into it stays true for the whole run.
package final class Source: Sendable {
    package let id: SourceID
    /// As it is shown: relative to the site, `/` between the parts.
    package let path: String
    package let bytes: [UInt8]
    /// What stands here may be a secret: no diagnostic quotes it (DESIGN §4, *Handling*).
    package let isSecret: Bool

    package init(id: SourceID, path: String, bytes: [UInt8], isSecret: Bool) {
        self.id = id
        self.path = path
        self.bytes = bytes
        self.isSecret = isSecret
    }

    /// The text of `span`, ill-formed UTF-8 repaired. Empty if the span lies outside.
    package func text(of span: Span) -> String {
        let end = min(Int(span.end), bytes.count)
        let start = min(Int(span.start), end)
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }
}

/// The sources of a run, by id. A renderer needs it to turn spans into lines.
package struct SourceMap: Sendable {
    package private(set) var sources: [Source] = []

    package init() {}

    /// Adds a text and returns it with its id.
    package mutating func add(path: String, bytes: [UInt8], isSecret: Bool) -> Source {
        let id = SourceID(index: UInt32(sources.count))
        let source = Source(id: id, path: path, bytes: bytes, isSecret: isSecret)
        sources.append(source)
        return source
    }

    package subscript(id: SourceID) -> Source { sources[Int(id.index)] }
}
