import Foundation
import TestSupport
import Testing

@testable import SiteConfig

/// What tells that a file is still the one that was written.
@Suite struct OutputSumTests {
    @Test(arguments: 0..<20) func anEditShows(_ seed: Int) {
        var random = SeededNumbers(seed)
        let size = seed % 4 == 0 ? OutputSum.pieceSize + seed : Int.random(in: 0..<200, using: &random)
        let bytes = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
        let sum = OutputSum(of: bytes.span)
        #expect(sum == OutputSum(of: bytes.span))
        for _ in 0..<50 {
            var edited = bytes
            if let place = edited.indices.randomElement(using: &random), Bool.random(using: &random) {
                edited[place] ^= UInt8.random(in: 1...255, using: &random)
            } else if Bool.random(using: &random), let last = edited.indices.last {
                edited.remove(at: Int.random(in: 0...last, using: &random))
            } else {
                edited.insert(0, at: Int.random(in: 0...edited.count, using: &random))
            }
            #expect((sum == OutputSum(of: edited.span)) == (edited == bytes))
        }
    }

    @Test func piecesAddUp() {
        let bytes = (0..<(2 * OutputSum.pieceSize + 77)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        var sum = OutputSum()
        for start in stride(from: 0, to: bytes.count, by: OutputSum.pieceSize) {
            sum.add(bytes.span.extracting(start..<min(start + OutputSum.pieceSize, bytes.count)))
        }
        #expect(sum == OutputSum(of: bytes.span))
    }

    /// Times from elsewhere are not believed, nor those of a device that nobody knows.
    @Test func onlyFileSystemsOfThisMachineAreBelieved() {
        let mounts = """
            22 28 0:21 / /proc rw,nosuid shared:12 - proc proc rw
            28 1 253:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
            29 28 8:259 /home /home rw - xfs /dev/sdq3 rw
            31 28 0:45 / /mnt rw - nfs4 server:/export rw
            32 28 0:46 / /odd\\040name rw - tmpfs tmpfs rw
            33 28 x:y / /bad rw - ext4 none rw
            34 28
            """
        let known: [UInt64] = [46, 253 << 8 | 1, 0x10_0003 | 8 << 8]
        #expect(TimeTrial.localDevices(in: mounts).sorted() == known)
    }

    /// On a system that tells the time in ticks it is never seen; on another it is, if no tick comes between.
    @Test func timesAreOnlyTrustedWhereTheyAreSeen() throws {
        try Program.withFolder([(path: "file", text: "")]) { folder in
            let path = folder.appendingPathComponent("file")
            let other = folder.appendingPathComponent("other")
            let record = try #require(DiskRecord(DiskFiles(root: folder.path), at: folder.path))
            let file = try FileHandle(forWritingTo: path)
            defer { try? file.close() }
            let device = try #require(
                FileManager.default.attributesOfItem(atPath: path.path)[.systemNumber] as? NSNumber)
            for _ in 0..<20 {
                let unchanged = TimeTrial(file.fileDescriptor)
                #expect(unchanged.written(file.fileDescriptor)?.isExact == false)
                let changed = TimeTrial(file.fileDescriptor)
                try file.write(contentsOf: Data("x".utf8))
                let seen = try #require(changed.written(file.fileDescriptor))
                #expect(seen.device == device.uint64Value)
                let now = record.look(atOutput: "file", isNew: true)
                #expect(seen.isStill(now))
                try FileManager.default.moveItem(at: path, to: other)
                try FileManager.default.moveItem(at: other, to: path)
                #expect(seen.isStill(record.look(atOutput: "file", isNew: true)), "it had another name")
                try file.write(contentsOf: Data("y".utf8))
                #expect(!seen.isStill(record.look(atOutput: "file", isNew: true)), "it is longer")
                guard seen.isExact else { continue }
                try file.seek(toOffset: 0)
                let before = TimeTrial(file.fileDescriptor)
                try file.write(contentsOf: Data("z".utf8))
                let after = try #require(before.written(file.fileDescriptor))
                try file.seek(toOffset: 0)
                try file.write(contentsOf: Data("w".utf8))
                #expect(!after.isStill(record.look(atOutput: "file", isNew: true)), "it says something else")
            }
        }
    }
}
