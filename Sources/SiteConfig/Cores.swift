internal import Glibc
internal import Synchronization

/// Work that falls into parts that need not know of each other, done on all cores.
package enum Cores {
    private static let mostThreads = 8

    /// The results for 0 ..< `count`, in that order, whoever made them.
    ///
    /// - Parameters:
    ///   - run: how many parts are taken at once, so that threads seldom meet; what has fewer than three runs is not worth a thread.
    ///   - wantsRoom: whether the parts make much; what only asks the system does not.
    package static func map<Result: Sendable>(
        _ count: Int, run: Int = 16, wantsRoom: Bool = true, _ make: @Sendable (Int) -> Result
    ) -> [Result] {
        let cores = min(sysconf(Int32(_SC_NPROCESSORS_ONLN)), mostThreads)
        guard count >= 3 * run, cores > 1 else { return (0..<count).map(make) }
        return withoutActuallyEscaping(make) { make in
            let work = Work(count, run: run, make)
            let threads = (1..<cores).compactMap { _ in Thread(wantsRoom: wantsRoom) { work.take() } }
            work.take()
            for thread in threads { thread.join() }
            return work.results
        }
    }

    /// The results for the slices of an array, in that order.
    ///
    /// - Parameter size: how many elements a slice has; the last one may have fewer.
    static func map<Element: Sendable, Result: Sendable>(
        slices elements: [Element], of size: Int, _ make: @Sendable (ArraySlice<Element>) -> Result
    ) -> [Result] {
        map((elements.count + size - 1) / size, run: 1) { index in
            make(elements[(index * size)..<min((index + 1) * size, elements.count)])
        }
    }

    /// Two results, each made on a core of its own; the second on this thread.
    static func both<First: Sendable, Second>(
        _ first: @Sendable () -> First, _ second: () -> Second
    ) -> (First, Second) {
        guard sysconf(Int32(_SC_NPROCESSORS_ONLN)) > 1 else { return (first(), second()) }
        return withoutActuallyEscaping(first) { first in
            let place = Place<First>()
            let thread = Thread { place.put(first()) }
            let mine = second()
            thread?.join()
            return (place.value ?? first(), mine)
        }
    }

    /// A result that another thread makes meanwhile. Whoever lets go of it waits for the thread.
    final class Ahead<Result: Sendable>: Sendable {
        private let make: @Sendable () -> Result
        private let place = Place<Result>()
        private let thread: Mutex<Thread?>

        /// Nil where there is no other core.
        init?(_ make: @escaping @Sendable () -> Result) {
            guard sysconf(Int32(_SC_NPROCESSORS_ONLN)) > 1 else { return nil }
            self.make = make
            let place = place
            thread = Mutex(Thread { place.put(make()) })
        }

        deinit { join() }

        var value: Result {
            join()
            return place.value ?? make()
        }

        private func join() {
            thread.withLock { thread in
                thread?.join()
                thread = nil
            }
        }
    }

    /// Where a thread leaves its result.
    private final class Place<Result: Sendable>: Sendable {
        private let result = Mutex<Result?>(nil)

        func put(_ made: Result) { result.withLock { $0 = made } }

        var value: Result? { result.withLock(\.self) }
    }

    /// Parts, and what came of them.
    private final class Work<Result: Sendable>: Sendable {
        private let count: Int
        private let run: Int
        private let make: @Sendable (Int) -> Result
        private let next = Atomic(0)
        private let done = Mutex<[(start: Int, results: [Result])]>([])

        init(_ count: Int, run: Int, _ make: @escaping @Sendable (Int) -> Result) {
            self.count = count
            self.run = run
            self.make = make
        }

        /// Does parts until none is left.
        func take() {
            var mine: [(start: Int, results: [Result])] = []
            while true {
                let start = next.add(run, ordering: .relaxed).oldValue
                guard start < count else { break }
                mine.append((start, (start..<min(start + run, count)).map(make)))
            }
            done.withLock { $0 += mine }
        }

        var results: [Result] {
            done.withLock { $0.sorted { $0.start < $1.start }.flatMap(\.results) }
        }
    }

    /// Makes room in the heap of this thread, which for all but the first grows page by page, with a system call for each. Costs no
    /// memory before it is used.
    private static func makeRoom(pieces count: Int = 1, of bytes: Int) {
        var pieces: [UnsafeMutableRawPointer] = unsafe []
        for _ in 0..<count {
            var piece: UnsafeMutableRawPointer?
            // Not `malloc`, which a compiler leaves out where nothing uses it.
            guard unsafe posix_memalign(&piece, largePage, bytes) == 0, let start = unsafe piece else { break }
            // To get memory page by page is a tenth of a whole compile; in pages of 2 MiB it is a fifth of that. No more than a hint.
            unsafe madvise(start, bytes & ~(largePage - 1), MADV_HUGEPAGE)
            unsafe pieces.append(start)
        }
        for index in unsafe pieces.indices { unsafe free(pieces[index]) }
    }

    private static let largePage = 2 << 20

    /// Once, before the first thread: glibc takes large pieces from the system by themselves, until one of that size is given back.
    private static let isReady: Void = {
        makeRoom(of: 30 << 20)
        makeRoom(pieces: 2, of: 24 << 20)
    }()

    /// A thread of the system. Whoever starts it waits for it, so what it does may be borrowed.
    private struct Thread {
        private let id: pthread_t

        /// Nil where the system has no more threads: the others do its part.
        init?(wantsRoom: Bool = true, _ body: @escaping @Sendable () -> Void) {
            if wantsRoom { isReady }
            let run: @Sendable () -> Void = {
                if wantsRoom { makeRoom(pieces: 2, of: 24 << 20) }
                body()
            }
            let box = unsafe Unmanaged.passRetained(Body(run: run))
            var id = pthread_t()
            let status = unsafe pthread_create(
                &id, nil,
                { box in
                    if let box = unsafe box { unsafe Unmanaged<Body>.fromOpaque(box).takeRetainedValue().run() }
                    return nil
                }, box.toOpaque())
            guard status == 0 else {
                unsafe box.release()
                return nil
            }
            self.id = id
        }

        func join() { pthread_join(id, nil) }
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
