/// Bytes that are lent for a while: of a file, or of a secret.
package typealias ByteSpan = Span<UInt8>

/// A secret that grows while it is read: locked memory that moves when it is full, the old place wiped.
package struct SecretBuffer: ~Copyable {
    private var bytes: SecretBytes
    package private(set) var count = 0

    /// - Parameter capacity: how many bytes it will probably hold: one that does not move costs least.
    package init(capacity: Int) { bytes = SecretBytes(count: max(capacity, 32)) }

    /// Appends bytes and says where they stand.
    @discardableResult
    package mutating func append(_ text: ByteSpan) -> Range<Int> {
        reserve(text.count)
        bytes.write(text, at: count)
        defer { count += text.count }
        return count..<count + text.count
    }

    /// Appends a text that is no secret, such as the punctuation between secrets.
    @discardableResult
    package mutating func append(_ text: some Collection<UInt8>) -> Range<Int> {
        reserve(text.count)
        var end = count
        for byte in text {
            bytes[end] = byte
            end += 1
        }
        defer { count = end }
        return count..<end
    }

    package mutating func append(_ byte: UInt8) {
        reserve(1)
        bytes[count] = byte
        count += 1
    }

    private mutating func reserve(_ more: Int) {
        guard count + more > bytes.count else { return }
        var larger = SecretBytes(count: max(count + more, bytes.count * 2))
        bytes.withBytes { larger.write($0.extracting(first: count), at: 0) }
        bytes = larger
    }

    package func withBytes<Result: ~Copyable>(_ body: (ByteSpan) throws -> Result) rethrows -> Result {
        try bytes.withBytes { try body($0.extracting(first: count)) }
    }

    /// What was gathered, to be shared and changed no more.
    package consuming func finish() -> SecretText { SecretText(self) }
}

/// A secret text that several hold; wiped when the last lets go.
package final class SecretText: Sendable {
    private let bytes: SecretBytes
    package let count: Int

    package init(_ bytes: consuming SecretBytes) {
        count = bytes.count
        self.bytes = bytes
    }

    fileprivate init(_ buffer: consuming SecretBuffer) {
        count = buffer.count
        bytes = SecretBytes(prefix: buffer.count, of: buffer)
    }

    package func withBytes<Result: ~Copyable>(_ body: (ByteSpan) throws -> Result) rethrows -> Result {
        try bytes.withBytes { try body($0.extracting(first: count)) }
    }

    /// Lends a part of it.
    package func withBytes<Result: ~Copyable>(_ range: Range<Int>, _ body: (ByteSpan) throws -> Result) rethrows
        -> Result
    {
        try bytes.withBytes { try body($0.extracting(range)) }
    }
}
