import TestSupport
import Testing

@testable import SiteConfig

/// Stamps that are renewed in their bytes say what new ones would.
@Suite struct StampsTests {
    @Test(arguments: 0..<60) func theyAreRenewed(_ seed: Int) throws {
        var random = SeededNumbers(seed)
        let paths = (0..<12).map { "\($0 % 2 == 0 ? "envs" : "a/longer/folder/of/presets")/\($0).yaml" }
        func someLooks(_ most: Int) -> [DiskRecord.Look] {
            (0..<Int.random(in: 0...most, using: &random)).map { _ in
                Self.look(
                    paths.randomElement(using: &random) ?? "", Int64.random(in: 0...3, using: &random),
                    end: Bool.random(using: &random) ? Int64.random(in: 0...3, using: &random) : nil)
            }
        }
        let (before, later) = (someLooks(14), someLooks(8))
        let stamps = try #require(Self.stamps(before))
        for looks in [before, later] {
            let model = looks.allSatisfy { look in
                before.last { $0.path == look.path }.map { Self.areSame($0, look) } ?? false
            }
            #expect(stamps.agree(with: looks, except: []) == model)
        }
        let renewed = try #require(Stamps(stamps.renewed(with: later, [Self.folder("dist", 9)])))
        var latest: [String: DiskRecord.Look] = [:]
        for look in before + later { latest[look.path] = look }
        #expect(renewed.agree(with: Array(latest.values), except: []))
        for (path, look) in latest {
            let other = Self.look(path, 7, end: look.end == nil ? nil : 7)
            #expect(!renewed.agree(with: [other], except: []))
            #expect(renewed.agree(with: [other], except: [path]))
        }
        // All else is as it was.
        #expect(renewed.outputCount == 3)
        #expect(renewed.env(at: "envs/a.yaml")?.outputs.map(\.path) == ["dist/a.json", "dist/b.json"])
        #expect(renewed.env(at: "envs/a.yaml")?.outputs.map(\.place) == [0..<5, 7..<9])
        #expect(renewed.env(at: "envs/b.yaml")?.interface == "of b")
        #expect(renewed.env(at: "envs/c.yaml") == nil)
        #expect(renewed.meaning(of: "envs") == "meaning" && renewed.meaning(of: "env") == nil)
    }

    @Test func namesAreThoseOfAFolderThatStandsAsItDid() throws {
        let stamps = try #require(Self.stamps([]))
        #expect(stamps.names(of: "envs", standing: Self.status(1)) == ["a.yaml", "é b.yaml"])
        #expect(stamps.names(of: "nodes", standing: Self.status(2)) == [])
        #expect(stamps.names(of: "envs", standing: Self.status(2)) == nil)
        #expect(stamps.names(of: "hosts", standing: Self.status(1)) == nil)
    }

    /// Whatever byte is another, they are none.
    @Test func damage() throws {
        let bytes = Self.bytes([Self.look("envs/a.yaml", 1), Self.look("envs/link.yaml", 2, end: 3)])
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 1 << (index % 8)
            #expect(Stamps(damaged) == nil)
            #expect(Stamps(Array(bytes[..<index])) == nil)
        }
    }

    private static func areSame(_ look: DiskRecord.Look, _ other: DiskRecord.Look) -> Bool {
        look.status == other.status && look.end?.status == other.end?.status && look.end?.path == other.end?.path
    }

    private static func stamps(_ looks: [DiskRecord.Look]) -> Stamps? { Stamps(bytes(looks)) }

    private static func bytes(_ looks: [DiskRecord.Look]) -> [UInt8] {
        Stamps.write(
            key: [1, 2, 3], outputCount: 3, looks: looks, folders: [folder("", 1), folder("dist", 2)],
            listings: [
                Stamps.Listing(folder: "envs", status: status(1), meaning: "meaning", names: ["a.yaml", "é b.yaml"]),
                Stamps.Listing(folder: "nodes", status: status(2), meaning: "", names: []),
            ],
            envs: [
                StampedEnv(
                    path: "envs/a.yaml", interface: "of a", outputs: [("dist/a.json", 0..<5), ("dist/b.json", 7..<9)]),
                StampedEnv(path: "envs/b.yaml", interface: "of b", outputs: []),
            ])
    }

    private static func folder(_ path: String, _ size: Int64) -> Stamps.Folder {
        Stamps.Folder(path: path, place: "/site/\(path)", status: status(size))
    }

    private static func look(_ path: String, _ size: Int64, end: Int64? = nil) -> DiskRecord.Look {
        DiskRecord.Look(path: path, status: status(size), end: end.map { (status($0), "x") }, isCertain: true)
    }

    private static func status(_ size: Int64) -> DiskStatus {
        DiskStatus(mode: 1, owner: 0, device: 1, inode: 1, size: size, modified: 1, changed: 1)
    }
}
