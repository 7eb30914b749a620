internal import Glibc
internal import Synchronization
internal import SystemPackage

/// The files that wait beside their targets, for a signal that ends the process: it takes them away first, for there may be secrets
/// in them, and the folders made for them.
///
/// Who was interrupted may hold any lock, so a signal can ask the system alone: the paths are C texts, in a list that only grows. One
/// that took its place meanwhile has that name no more.
enum WaitingFiles {
    private static let most = 1 << 16
    /// Zeros that cost no memory before they are used; nil if even that is not to be had. (Not of `calloc`, which fills memory with
    /// zeros that may have been used before.)
    private nonisolated(unsafe) static let paths: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = {
        let size = unsafe most * MemoryLayout<UnsafeMutablePointer<CChar>?>.stride
        let start = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let start = unsafe start, unsafe start != MAP_FAILED else { return nil }
        return unsafe start.bindMemory(to: UnsafeMutablePointer<CChar>?.self, capacity: most)
    }()
    private static let count = Atomic(0)

    /// Notes a path before anything is made there. Of very many those that come last are left to the next run.
    static func add(_ path: FilePath) {
        isSet
        let place = count.add(1, ordering: .relaxed).oldValue
        guard place < most, let paths = unsafe paths else { return }
        unsafe paths[place] = strdup(path.string)
    }

    /// From then on a signal that ends the process, and that nobody has asked to be ignored, removes them.
    private static let isSet: Void = {
        unsafe _ = paths
        let ignored = unsafe unsafeBitCast(SIG_IGN, to: Int.self)
        for number in [SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM] {
            let former = signal(number) { number in
                WaitingFiles.remove()
                signal(number, SIG_DFL)
                raise(number)
            }
            guard let former else { continue }
            if unsafe unsafeBitCast(former, to: Int.self) == ignored { signal(number, SIG_IGN) }
        }
    }()

    private static func remove() {
        let last = min(count.load(ordering: .relaxed), most) - 1
        guard last >= 0, let paths = unsafe paths else { return }
        for place in 0...last { if let path = unsafe paths[place] { unsafe unlink(path) } }
        // Folders stand before what is in them.
        for step in 0...last { if let path = unsafe paths[last - step] { unsafe rmdir(path) } }
    }
}
