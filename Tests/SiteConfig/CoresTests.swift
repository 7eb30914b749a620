import Foundation
import Synchronization
import Testing

@testable import SiteConfig

/// Work on several cores comes to what it comes to on one.
@Suite struct CoresTests {
    @Test(arguments: [0, 1, 2, 3, 5, 48, 49, 1000], [1, 4, 16, 256]) func resultsStandInTheirOrder(
        _ count: Int, _ run: Int
    ) {
        let calls = Mutex(0)
        let results = Cores.map(count, run: run) { index in
            calls.withLock { $0 += 1 }
            return index * 7
        }
        #expect(results == (0..<count).map { $0 * 7 })
        #expect(calls.withLock(\.self) == count)
    }

    /// Where a thread begins is no more than a beginning.
    @Test func threadsMayRunAnywhere() {
        let own = Self.allowedCores
        let others = Cores.map(64, run: 1, wantsRoom: false) { _ in Self.allowedCores }
        #expect(others.allSatisfy { $0 == own }, "\(Set(others)), \(own)")
    }

    /// The cores that the system lets this thread run on, as it writes them.
    private static var allowedCores: String {
        let status = (try? String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)) ?? ""
        return status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }.map(String.init) ?? ""
    }

    @Test func aheadIsThereWhenItIsAskedFor() {
        let made = Cores.Ahead { (0..<1000).reduce(0, +) }
        #expect(made?.value ?? 499_500 == 499_500)
    }
}
