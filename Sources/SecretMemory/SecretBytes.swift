internal import Synchronization

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
    package consuming func finish() -> SecretText {
        // What is mostly empty is given back.
        guard bytes.count > 2 * count + 4096 else { return SecretText(bytes, count) }
        return SecretText(SecretBytes(prefix: count, of: self))
    }

    /// How much it holds without moving.
    fileprivate var capacity: Int { bytes.count }

    /// Wipes what was gathered, and begins anew in the same place.
    fileprivate mutating func clear() {
        bytes.wipe(first: count)
        count = 0
    }
}

/// Buffers for what is put together, used and wiped again at once. Locking memory and letting it go costs far more than filling it,
/// and stops every thread; so a few of them are used again and again.
package enum SecretScratch {
    /// A reference, since a buffer cannot be copied.
    private final class Place: Sendable {
        let buffer: Mutex<SecretBuffer>

        init(capacity: Int) { buffer = Mutex(SecretBuffer(capacity: capacity)) }

        var capacity: Int { buffer.withLock { $0.capacity } }
    }

    private static let free = Mutex<[Place]>([])
    /// No more is kept than that many of at most that many bytes.
    private static let (most, largest) = (8, 1 << 20)

    /// Lends an empty buffer, which is wiped when the call returns.
    ///
    /// - Parameter capacity: how many bytes it will probably hold.
    package static func withBuffer<Result>(
        capacity: Int, _ body: (inout SecretBuffer) throws -> Result
    ) rethrows -> Result {
        let place = take(capacity)
        defer { giveBack(place) }
        return try place.buffer.withLock { buffer in
            defer { buffer.clear() }
            return try body(&buffer)
        }
    }

    private static func take(_ capacity: Int) -> Place {
        let found = free.withLock { free in
            free.firstIndex { $0.capacity >= capacity }.map { free.remove(at: $0) }
        }
        // Powers of two, so that the next one finds room, too.
        return found ?? Place(capacity: capacity > largest ? capacity : max(4096, capacity).nextPowerOfTwo)
    }

    private static func giveBack(_ place: Place) {
        guard place.capacity <= largest else { return }
        free.withLock { free in if free.count < most { free.append(place) } }
    }
}

extension Int {
    fileprivate var nextPowerOfTwo: Int { self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}

/// A secret text that several hold; wiped when the last lets go.
package final class SecretText: Sendable {
    private let bytes: SecretBytes
    package let count: Int

    package init(_ bytes: consuming SecretBytes) {
        count = bytes.count
        self.bytes = bytes
    }

    fileprivate init(_ bytes: consuming SecretBytes, _ count: Int) {
        self.count = count
        self.bytes = bytes
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
