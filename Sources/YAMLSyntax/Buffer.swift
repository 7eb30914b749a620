internal import Glibc

/// A growing list with one owner, so that adding to it need not ask whether there are others, as an array's does.
@safe
struct Buffer<Element: BitwiseCopyable>: ~Copyable {
    private var start: UnsafeMutablePointer<Element>
    private var capacity: Int
    private var isSecret = false
    /// Whether its memory is somebody else's.
    private var isLent = false
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = max(capacity, 4)
        unsafe start = .allocate(capacity: self.capacity)
    }

    /// - Parameter isSecret: what was in it is overwritten. Such a buffer should not have to grow.
    init(capacity: Int, isSecret: Bool) {
        self.init(capacity: capacity)
        self.isSecret = isSecret
    }

    /// An array of what a body appends to a buffer, which it gives back; nil for none. As long as there is room, that is the array's
    /// own memory: what is never copied costs no second one.
    static func array(capacity: Int, _ body: (consuming Buffer) -> Buffer?) -> [Element] {
        var others: [Element] = []
        let elements = unsafe [Element](unsafeUninitializedCapacity: max(capacity, 4)) { memory, count in
            guard let buffer = body(unsafe Buffer(in: memory)) else { return }
            if buffer.isLent { count = buffer.count } else { others = buffer.array }
        }
        return others.isEmpty ? elements : others
    }

    private init(in memory: UnsafeMutableBufferPointer<Element>) {
        precondition(memory.count > 0)
        unsafe start = memory.baseAddress ?? .allocate(capacity: memory.count)
        capacity = memory.count
        isLent = true
    }

    deinit {
        guard !isLent else { return }
        if isSecret { unsafe explicit_bzero(start, capacity * MemoryLayout<Element>.stride) }
        unsafe start.deallocate()
    }

    @inline(__always)
    mutating func append(_ element: Element) {
        if count == capacity { grow() }
        unsafe (start + count).initialize(to: element)
        count &+= 1
    }

    @inline(never)
    private mutating func grow() {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
        unsafe larger.moveInitialize(from: start, count: count)
        if isSecret { unsafe explicit_bzero(start, capacity * MemoryLayout<Element>.stride) }
        if isLent { isLent = false } else { unsafe start.deallocate() }
        unsafe start = larger
        capacity *= 2
    }

    @inline(__always)
    subscript(index: Int) -> Element {
        _read {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
            yield unsafe start[index]
        }
        _modify {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
            yield &(unsafe start[index])
        }
    }

    @inline(__always)
    mutating func popLast() -> Element? {
        guard count > 0 else { return nil }
        count &-= 1
        return unsafe start[count]
    }

    mutating func removeAll(from index: Int) {
        precondition(index >= 0 && index <= count)
        count = index
    }

    /// The same as an array, no larger than it need be.
    var array: [Element] {
        unsafe Array(UnsafeBufferPointer(start: start, count: count))
    }
}

extension Buffer where Element == UInt8 {
    /// Copies a run of letters.
    mutating func append(_ text: Letters, _ first: Int, _ end: Int) {
        precondition(first >= 0 && first <= end && end <= text.count)
        while count + (end - first) > capacity { grow() }
        unsafe text.withUnsafeBufferPointer { letters in
            guard let base = letters.baseAddress else { return }
            unsafe (start + count).update(from: base + first, count: end - first)
        }
        count += end - first
    }
}
