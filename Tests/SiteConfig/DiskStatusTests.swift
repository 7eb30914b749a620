import Testing

@testable import SiteConfig

/// When the status of a file tells that it has not changed since a moment.
@Suite struct DiskStatusTests {
    static let moment: Int64 = 1_700_000_000_123_456_789
    static let second: Int64 = 1_000_000_000

    @Test(
        arguments: [
            (-1, -1, true), (-Self.second, -1, true),
            // A change in the same instant would leave the times as they are.
            (-1, 0, false), (0, -1, false),
            // Its clock is another, or somebody set the time.
            (-1, Self.second, false), (Self.second, -1, false),
        ] as [(Int64, Int64, Bool)]) func changes(modified: Int64, changed: Int64, show: Bool)
    {
        #expect(Self.file(Self.moment + modified, Self.moment + changed).showsChanges(after: Self.moment) == show)
    }

    /// Where times are told in whole seconds, a change within the same one, or two, does not show.
    @Test(arguments: [(0, false), (1, false), (2, false), (4, true)] as [(Int64, Bool)]) func wholeSeconds(
        age: Int64, show: Bool
    ) {
        let time = (Self.moment / Self.second - age) * Self.second
        #expect(Self.file(time, time).showsChanges(after: Self.moment) == show)
    }

    /// Where each change has a time of its own, only what is yet to come is not past.
    @Test func exactTimes() {
        let (past, future) = (DiskStatus.now, DiskStatus.now + 60 * Self.second)
        #expect(Self.file(past, past).showsChanges(after: past, isExact: true))
        #expect(!Self.file(future, past).showsChanges(after: past, isExact: true))
        #expect(!Self.file(past, future).showsChanges(after: past, isExact: true))
    }

    @Test func whatIsNotThereHasNoTime() {
        let nothing = DiskStatus(mode: 0, owner: 0, device: 0, inode: 0, size: 2, modified: 0, changed: 0)
        #expect(nothing.showsChanges(after: 0))
    }

    private static func file(_ modified: Int64, _ changed: Int64) -> DiskStatus {
        DiskStatus(mode: 0o100644, owner: 0, device: 1, inode: 2, size: 3, modified: modified, changed: changed)
    }
}
