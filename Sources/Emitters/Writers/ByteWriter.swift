internal import Diagnostics
internal import SiteModel

/// The bytes of an output while it is written: one owner, so that adding to them need not ask whether there are others, as an array's
/// does. That was a third of writing JSON.
@safe
struct ByteWriter: ~Copyable {
    private var start: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int = 4096) {
        self.capacity = capacity
        unsafe start = .allocate(capacity: capacity)
    }

    deinit { unsafe start.deallocate() }

    /// An array of them, no larger than it need be: many outputs are held until all are made.
    var array: [UInt8] { unsafe Array(UnsafeBufferPointer(start: start, count: count)) }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        if count == capacity { grow(by: 1) }
        unsafe start[count] = byte
        count &+= 1
    }

    @inline(__always)
    mutating func append(_ bytes: Swift.Span<UInt8>) {
        if capacity &- count < bytes.count { grow(by: bytes.count) }
        let end = unsafe start + count
        unsafe bytes.withUnsafeBufferPointer { letters in
            if let base = letters.baseAddress { unsafe end.update(from: base, count: letters.count) }
        }
        count &+= bytes.count
    }

    /// Appends some of a list's bytes.
    mutating func append(_ bytes: [UInt8], _ range: Range<Int>) { append(bytes.span.extracting(range)) }

    mutating func append(_ text: some Sequence<UInt8>) { for byte in text { append(byte) } }

    mutating func append(_ byte: UInt8, times: Int) {
        if capacity &- count < times { grow(by: times) }
        unsafe (start + count).update(repeating: byte, count: times)
        count &+= times
    }

    /// Takes back the last byte, if there is one.
    mutating func removeLast() { count = max(count &- 1, 0) }

    /// The bytes from one of them on.
    func copy(from first: Int) -> [UInt8] {
        precondition(first >= 0 && first <= count)
        return unsafe Array(UnsafeBufferPointer(start: start + first, count: count - first))
    }

    @inline(never)
    private mutating func grow(by more: Int) {
        let wanted = max(capacity * 2, count + more)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: wanted)
        unsafe larger.update(from: start, count: count)
        unsafe start.deallocate()
        unsafe start = larger
        capacity = wanted
    }
}

extension ByteWriter {
    /// Appends a text as a string of JSON (RFC 8259): most need no escape at all.
    mutating func append(quoted text: String) { append(quoted: text.utf8.span) }

    mutating func append(quoted key: Key) { key.withBytes { append(quoted: $0) } }

    @inline(__always)
    private mutating func append(quoted letters: Swift.Span<UInt8>) {
        append(UInt8(ascii: "\""))
        if letters.isPlainJSON {
            append(letters)
        } else {
            for index in letters.indices {
                if let escape = JSONText.escape(of: letters[index]) { append(escape) } else { append(letters[index]) }
            }
        }
        append(UInt8(ascii: "\""))
    }
}
