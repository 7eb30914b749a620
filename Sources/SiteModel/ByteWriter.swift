internal import Diagnostics

/// The bytes of a text while it is written: one owner, so that adding to them need not ask whether there are others, as an array's
/// does. That was a third of writing JSON.
@safe
@usableFromInline package struct ByteWriter: ~Copyable {
    @usableFromInline var start: UnsafeMutablePointer<UInt8>
    @usableFromInline var capacity: Int
    @usableFromInline package internal(set) var count = 0

    package init(capacity: Int = 4096) {
        self.capacity = capacity
        unsafe start = .allocate(capacity: capacity)
    }

    deinit { unsafe start.deallocate() }

    /// An array of them, no larger than it need be: many outputs are held until all are made.
    package var array: [UInt8] { array(from: 0) }

    /// The same of those from one of them on.
    package func array(from first: Int) -> [UInt8] {
        precondition(first >= 0 && first <= count)
        return unsafe Array(UnsafeBufferPointer(start: start + first, count: count - first))
    }

    /// The same as a text; what is no UTF-8 is repaired.
    package var text: String { unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self) }

    @inlinable @inline(__always)
    package mutating func append(_ byte: UInt8) {
        if count == capacity { grow(by: 1) }
        unsafe start[count] = byte
        count &+= 1
    }

    @inlinable @inline(__always)
    package mutating func append(_ bytes: Swift.Span<UInt8>) {
        if capacity &- count < bytes.count { grow(by: bytes.count) }
        let end = unsafe start + count
        unsafe bytes.withUnsafeBufferPointer { letters in
            if let base = letters.baseAddress { unsafe end.update(from: base, count: letters.count) }
        }
        count &+= bytes.count
    }

    /// Appends some of a list's bytes.
    package mutating func append(_ bytes: [UInt8], _ range: Range<Int>) { append(bytes.span.extracting(range)) }

    package mutating func append(_ byte: UInt8, times: Int) {
        if capacity &- count < times { grow(by: times) }
        unsafe (start + count).update(repeating: byte, count: times)
        count &+= times
    }

    /// Takes back the last byte, if there is one.
    package mutating func removeLast() { count = max(count &- 1, 0) }

    /// Takes back all of them.
    package mutating func removeAll() { count = 0 }

    /// Lends the bytes from one of them on.
    @inlinable package func withBytes<Result>(
        from first: Int = 0, _ body: (Swift.Span<UInt8>) throws -> Result
    ) rethrows -> Result {
        precondition(first >= 0 && first <= count)
        return try unsafe body(UnsafeBufferPointer(start: start + first, count: count - first).span)
    }

    @usableFromInline @inline(never)
    mutating func grow(by more: Int) {
        let wanted = max(capacity * 2, count + more)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: wanted)
        unsafe larger.update(from: start, count: count)
        unsafe start.deallocate()
        unsafe start = larger
        capacity = wanted
    }
}

extension ByteWriter {
    package mutating func append(_ text: String) { append(text.utf8.span) }

    package mutating func append(_ key: Key) { key.withBytes { append($0) } }

    /// Appends a text as a string of JSON (RFC 8259).
    package mutating func append(quoted text: String) { append(quoted: text.utf8.span) }

    package mutating func append(quoted key: Key) { key.withBytes { append(quoted: $0) } }

    @inline(__always)
    private mutating func append(quoted letters: Swift.Span<UInt8>) {
        append(UInt8(ascii: "\""))
        // Most need no escape at all.
        if letters.isPlainJSON { append(letters) } else { append(escaping: letters) }
        append(UInt8(ascii: "\""))
    }

    /// Appends as such a string what a body appends.
    package mutating func appendQuoted(_ body: (inout ByteWriter) -> Void) {
        append(UInt8(ascii: "\""))
        let first = count
        body(&self)
        if !withBytes(from: first, { $0.isPlainJSON }) {
            let text = array(from: first)
            count = first
            append(escaping: text.span)
        }
        append(UInt8(ascii: "\""))
    }

    private mutating func append(escaping letters: Swift.Span<UInt8>) {
        for index in letters.indices {
            if let escape = JSONText.escape(of: letters[index]) { append(escape.span) } else { append(letters[index]) }
        }
    }
}
