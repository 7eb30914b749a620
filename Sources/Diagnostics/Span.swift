/// A half-open range of bytes in one source.
@usableFromInline package struct Span: Hashable, Sendable {
    @usableFromInline package let source: SourceID
    @usableFromInline package let start: UInt32
    @usableFromInline package let end: UInt32

    @inlinable package init(source: SourceID, start: UInt32, end: UInt32) {
        self.source = source
        self.start = start
        self.end = max(start, end)
    }

    /// In one step: values are known by where they stand.
    @inlinable package func _rawHashValue(seed: Int) -> Int {
        let place = UInt64(source.index) << 32 | UInt64(start)
        return Int(truncatingIfNeeded: HashedPlaces.hash(place ^ UInt64(truncatingIfNeeded: seed), UInt64(end)))
    }

    /// The first byte of a file: for what is wrong with a file as a whole.
    package static func startOfFile(_ source: SourceID) -> Span { Span(source: source, start: 0, end: 0) }
}
