/// A half-open range of bytes in one source.
package struct Span: Hashable, Sendable {
    package let source: SourceID
    package let start: UInt32
    package let end: UInt32

    package init(source: SourceID, start: UInt32, end: UInt32) {
        self.source = source
        self.start = start
        self.end = max(start, end)
    }

    /// The first byte of a file: for what is wrong with a file as a whole.
    package static func startOfFile(_ source: SourceID) -> Span { Span(source: source, start: 0, end: 0) }
}
