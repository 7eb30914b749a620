internal import Synchronization

/// Work that falls into parts that need not know of each other, done on all cores.
package enum Cores {
    private static let mostThreads = 8

    /// The results for 0 ..< `count`, in that order, whoever made them.
    ///
    /// - Parameters:
    ///   - run: how many parts are taken at once, so that threads seldom meet, until few are left; what has fewer than three runs is
    ///     not worth a thread.
    ///   - wantsRoom: whether the parts make much; what only asks the system does not.
    package static func map<Result: Sendable>(
        _ count: Int, run: Int = 16, wantsRoom: Bool = true, _ make: @Sendable (Int) -> Result
    ) -> [Result] {
        let cores = min(CoreThread.cores, mostThreads)
        guard count >= 3 * run, cores > 1 else { return (0..<count).map(make) }
        return withoutActuallyEscaping(make) { make in
            let work = Work<Result>(count, run: run, among: cores)
            let threads = (1..<cores).compactMap { _ in CoreThread(wantsRoom: wantsRoom) { work.take(make) } }
            work.take(make)
            for thread in threads { thread.join() }
            return work.results
        }
    }

    /// The same, where each thread makes something first that it alone uses: to count references to what several use costs many
    /// times as much.
    ///
    /// - Parameter own: makes it.
    static func map<Own, Result: Sendable>(
        _ count: Int, run: Int, own: @Sendable () -> Own, _ make: @Sendable (Own, Int) -> Result
    ) -> [Result] {
        let cores = min(CoreThread.cores, mostThreads)
        guard count >= 3 * run, cores > 1 else {
            let mine = own()
            return (0..<count).map { make(mine, $0) }
        }
        return withoutActuallyEscaping(make) { make in
            withoutActuallyEscaping(own) { own in
                let work = Work<Result>(count, run: run, among: cores)
                let threads = (1..<cores).compactMap { _ in
                    CoreThread {
                        let mine = own()
                        work.take { make(mine, $0) }
                    }
                }
                let mine = own()
                work.take { make(mine, $0) }
                for thread in threads { thread.join() }
                return work.results
            }
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
        guard CoreThread.cores > 1 else { return (first(), second()) }
        return withoutActuallyEscaping(first) { first in
            let place = Place<First>()
            let thread = CoreThread { place.put(first()) }
            let mine = second()
            thread?.join()
            return (place.value ?? first(), mine)
        }
    }

    /// A result that another thread makes meanwhile. Whoever lets go of it waits for the thread.
    final class Ahead<Result: Sendable>: Sendable {
        private let make: @Sendable () -> Result
        private let place = Place<Result>()
        private let thread: Mutex<CoreThread?>

        /// Nil where there is no other core.
        init?(_ make: @escaping @Sendable () -> Result) {
            guard CoreThread.cores > 1 else { return nil }
            self.make = make
            let place = place
            thread = Mutex(CoreThread { place.put(make()) })
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
        private let cores: Int
        private let next = Atomic(0)
        private let done = Mutex<[(start: Int, results: [Result])]>([])

        init(_ count: Int, run: Int, among cores: Int) {
            self.count = count
            self.run = run
            self.cores = cores
        }

        /// Does parts until none is left.
        func take(_ make: (Int) -> Result) {
            var mine: [(start: Int, results: [Result])] = []
            while let parts = takeRun() { mine.append((parts.lowerBound, parts.map(make))) }
            done.withLock { $0 += mine }
        }

        /// The next parts that nobody has; nil if there are none. Towards the end they are fewer, so that no thread has the last
        /// ones alone for long.
        private func takeRun() -> Range<Int>? {
            var start = next.load(ordering: .relaxed)
            while start < count {
                let end = start + max(1, min(run, (count - start) / (2 * cores)))
                let (isMine, now) = next.compareExchange(expected: start, desired: end, ordering: .relaxed)
                if isMine { return start..<end }
                start = now
            }
            return nil
        }

        var results: [Result] {
            done.withLock { $0.sorted { $0.start < $1.start }.flatMap(\.results) }
        }
    }
}
