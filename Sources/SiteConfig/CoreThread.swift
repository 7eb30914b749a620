internal import CScheduler
internal import Glibc
internal import Synchronization

/// A thread of the system. Whoever starts it waits for it, so what it does may be borrowed.
struct CoreThread {
    private let id: pthread_t

    /// Nil where the system has no more threads: the others do its part.
    init?(wantsRoom: Bool = true, _ body: @escaping @Sendable () -> Void) {
        if wantsRoom { Self.isReady }
        let run: @Sendable () -> Void = {
            if Self.mayChoose.load(ordering: .relaxed) { CoreSet.ofProcess?.admitThread() }
            if wantsRoom {
                Self.fillStart()
                Self.makeRoom(pieces: 2, of: 24 << 20)
            }
            body()
        }
        let box = unsafe Unmanaged.passRetained(ThreadBody(run: run))
        guard let id = unsafe Self.startElsewhere(box.toOpaque()) ?? Self.start(box.toOpaque(), on: nil) else {
            unsafe box.release()
            return nil
        }
        self.id = id
    }

    /// How many threads can run at a time.
    static let cores = CoreSet.ofProcess?.count ?? sysconf(Int32(_SC_NPROCESSORS_ONLN))

    /// Whether threads can be started on a core of choice, as far as was tried.
    private static let mayChoose = Atomic(true)

    /// Starts a thread on another core than this one. It is often left on the core of whoever starts it until the scheduler looks
    /// again, some milliseconds later: for most of what is done here, too late.
    private static func startElsewhere(_ box: UnsafeMutableRawPointer) -> pthread_t? {
        guard mayChoose.load(ordering: .relaxed), let others = CoreSet.ofProcess?.withoutThis else { return nil }
        let id = unsafe start(box, on: others)
        if id == nil { mayChoose.store(false, ordering: .relaxed) }
        return id
    }

    /// - Parameters:
    ///   - box: a `ThreadBody` that is given to the thread.
    ///   - cores: where it begins; nil for anywhere.
    private static func start(_ box: UnsafeMutableRawPointer, on cores: CoreSet?) -> pthread_t? {
        var attributes = pthread_attr_t()
        guard unsafe pthread_attr_init(&attributes) == 0 else { return nil }
        defer { unsafe pthread_attr_destroy(&attributes) }
        cores?.begin(at: &attributes)
        var id = pthread_t()
        let status = unsafe pthread_create(
            &id, &attributes,
            { box in
                if let box = unsafe box { unsafe Unmanaged<ThreadBody>.fromOpaque(box).takeRetainedValue().run() }
                return nil
            }, box)
        return status == 0 ? id : nil
    }

    func join() { pthread_join(id, nil) }

    /// Makes room in the heap of this thread, which for all but the first grows page by page, with a system call for each. Costs no
    /// memory before it is used.
    private static func makeRoom(pieces count: Int = 1, of bytes: Int) {
        var pieces: [UnsafeMutableRawPointer] = unsafe []
        for _ in 0..<count {
            var piece: UnsafeMutableRawPointer?
            // Not `malloc`, which a compiler leaves out where nothing uses it.
            guard unsafe posix_memalign(&piece, largePage, bytes) == 0, let start = unsafe piece else { break }
            // To get memory page by page is a fifth of compiling one env; in pages of 2 MiB it is a fifth of that. No more than a hint.
            if unsafe pieces.isEmpty { unsafe madvise(start, largeStart, MADV_HUGEPAGE) }
            unsafe pieces.append(start)
        }
        for index in unsafe pieces.indices { unsafe free(pieces[index]) }
    }

    /// Takes the start of this thread's heap for good, but for a little, where small pages are in use already and so no large one can
    /// be: a file that is read into it would get its memory page by page. Costs nothing, for nobody touches it.
    private static func fillStart() {
        var start: UnsafeMutableRawPointer?
        guard unsafe posix_memalign(&start, 16, largePage - (128 << 10)) == 0, let start = unsafe start else { return }
        // glibc begins the heap of a thread at a multiple of 64 MiB; only what lies in its first large page is kept.
        if Int(bitPattern: start) & (64 << 20 - 1) > 128 << 10 { unsafe free(start) }
    }

    private static let largePage = 2 << 20

    /// How much of a heap has large pages: as much as one env needs. What needs more takes hundreds of milliseconds, of which small pages
    /// are few, and large pages with holes were a sixth of the memory of a whole build.
    private static let largeStart = 8 << 20

    /// Once, before the first thread: glibc takes large pieces from the system by themselves, until one of that size is given back;
    /// of at most 32 MiB, with what it was moved by to begin at a large page. (With 30 it had more in half of all runs.)
    private static let isReady: Void = {
        makeRoom(of: 28 << 20)
        makeRoom(pieces: 2, of: 24 << 20)
    }()
}

/// Cores that threads may run on.
private struct CoreSet: Sendable {
    private var cores: cpu_set_t

    /// Those that the process was given; nil where the system does not tell. Nor is it asked where a filter of system calls is set,
    /// as for a service: to choose a core is a call that some of these end a process for.
    static let ofProcess: CoreSet? = {
        var cores = cpu_set_t()
        guard resolve_calls_are_filtered() == 0, unsafe sched_getaffinity(0, size, &cores) == 0 else { return nil }
        return CoreSet(cores: cores)
    }()

    private static let size = MemoryLayout<cpu_set_t>.size

    var count: Int {
        var cores = cores
        return unsafe withUnsafeBytes(of: &cores) { unsafe $0.reduce(0) { $0 + $1.nonzeroBitCount } }
    }

    /// The same without the one that this thread is on; nil if no other is left.
    var withoutThis: CoreSet? {
        let own = Int(sched_getcpu())
        guard (0..<(8 * Self.size)).contains(own) else { return nil }
        var others = self
        unsafe withUnsafeMutableBytes(of: &others.cores) { bytes in
            // Words of the machine, the first core lowest in the first.
            let words = unsafe bytes.bindMemory(to: UInt.self)
            unsafe words[own / UInt.bitWidth] &= ~(1 << UInt(own % UInt.bitWidth))
        }
        return others.count > 0 ? others : nil
    }

    /// Has a thread begin on one of them.
    func begin(at attributes: inout pthread_attr_t) {
        var cores = cores
        unsafe pthread_attr_setaffinity_np(&attributes, Self.size, &cores)
    }

    /// Lets the thread that asks go to any of them.
    func admitThread() {
        var cores = cores
        unsafe sched_setaffinity(0, Self.size, &cores)
    }
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(run: @escaping @Sendable () -> Void) { self.run = run }
}
