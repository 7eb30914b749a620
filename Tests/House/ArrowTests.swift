import Foundation
import Testing

/// The arrows of ARCHITECTURE.md and the invariants that a look at the sources can check.
@Suite struct ArrowTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// What each room may import beside the standard library.
    static let arrows: [String: Set<String>] = [
        "Diagnostics": [],
        "YAMLSyntax": ["CLibYAML", "Diagnostics", "Glibc", "Synchronization"],
        "SecretMemory": ["CSodium", "Glibc", "Synchronization"],
        "Secrets": ["Diagnostics", "YAMLSyntax", "SecretMemory", "Crypto"],
        "SiteModel": ["Diagnostics", "Glibc", "Synchronization"],
        "Resolution": ["Diagnostics", "YAMLSyntax", "SiteModel", "Synchronization"],
        "Emitters": ["Diagnostics", "SiteModel"],
        "SiteConfig": [
            "CScheduler", "Diagnostics", "YAMLSyntax", "SecretMemory", "Secrets", "SiteModel", "Resolution",
            "Emitters", "SystemPackage", "Glibc", "Synchronization",
        ],
        "resolve": ["SiteConfig", "ArgumentParser", "SystemPackage", "Glibc", "Synchronization"],
    ]

    @Test(arguments: arrows.keys.sorted()) func importsFollowTheArrows(_ room: String) throws {
        let allowed = try #require(Self.arrows[room])
        for file in try Self.sources(of: room) {
            for name in file.imports {
                #expect(allowed.contains(name), "\(file.path) imports \(name)")
            }
        }
    }

    @Test func everyRoomIsListed() throws {
        let rooms = try FileManager.default.contentsOfDirectory(
            atPath: Self.root.appendingPathComponent("Sources").path)
        #expect(Set(rooms) == Set(Self.arrows.keys).union(["CLibYAML", "CScheduler", "CSodium"]))
    }

    @Test(arguments: [
        ("CLibYAML", "Sources/YAMLSyntax/LibYAML.swift"), ("CSodium", "Sources/SecretMemory/Sodium.swift"),
        ("Crypto", "Sources/Secrets/SwiftCrypto.swift"), ("CScheduler", "Sources/SiteConfig/CoreThread.swift"),
    ]) func aLibraryHasOneDoor(_ library: String, _ door: String) throws {
        let importers = try Self.allSources().filter { $0.imports.contains(library) }
        #expect(importers.map(\.path) == [door])
    }

    /// Where memory is touched by hand: a new place is a decision, made here.
    @Test func unsafeCodeStandsInFewFiles() throws {
        let files = try Self.allSources().filter { $0.text.contains(#/(^|[^!])\bunsafe\b/#) }
        #expect(
            files.map(\.path) == [
                "Sources/Diagnostics/LetterSearch.swift",
                "Sources/SecretMemory/Sodium.swift", "Sources/Secrets/SwiftCrypto.swift",
                "Sources/SiteConfig/Build/Build.swift", "Sources/SiteConfig/Build/OutputsAhead.swift",
                "Sources/SiteConfig/Comparison/SiteComparison.swift",
                "Sources/SiteConfig/Coprocess.swift", "Sources/SiteConfig/CoreThread.swift",
                "Sources/SiteConfig/DiskFiles.swift",
                "Sources/SiteConfig/ProcessHost.swift",
                "Sources/SiteConfig/Stamps/BuildStamps.swift", "Sources/SiteConfig/Stamps/DiskStatus.swift",
                "Sources/SiteConfig/Stamps/StampFile.swift",
                "Sources/SiteConfig/Stamps/TimeTrial.swift",
                "Sources/SiteConfig/Subprocess.swift",
                "Sources/SiteConfig/TerminalQuestion.swift",
                "Sources/SiteModel/ByteWriter.swift", "Sources/SiteModel/Glob.swift",
                "Sources/SiteModel/IPAddress.swift", "Sources/SiteModel/Key.swift",
                "Sources/YAMLSyntax/Buffer.swift", "Sources/YAMLSyntax/Letters.swift",
                "Sources/YAMLSyntax/LibYAML.swift",
                "Sources/resolve/FilePatch.swift",
                "Sources/resolve/FileWriter.swift", "Sources/resolve/Folder.swift",
                "Sources/resolve/GlobalOptions.swift", "Sources/resolve/OutputSet.swift",
                "Sources/resolve/OutputStage.swift",
                "Sources/resolve/SiteWriter.swift",
                "Sources/resolve/Terminal.swift", "Sources/resolve/WaitingFiles.swift",
            ])
    }

    @Test func onlyTheFacadeIsPublic() throws {
        for file in try Self.allSources() where !file.path.hasPrefix("Sources/SiteConfig/") {
            // An import may be, for code that is inlined elsewhere to name what it imports.
            #expect(!file.text.contains(#/(?m)^ *public (?!import )/#), "\(file.path) has a public declaration")
        }
    }

    @Test func nothingEscapesTheTypeSystem() throws {
        for file in try Self.allSources() {
            for word in ["try!", "as!", "fatalError(", "@unchecked Sendable", "preconditionFailure("] {
                // Locked memory is shared only to be read, which the compiler cannot see.
                if word == "@unchecked Sendable", file.path == "Sources/SecretMemory/Sodium.swift" { continue }
                #expect(!file.text.contains(word), "\(file.path) has \(word)")
            }
        }
    }

    struct SourceFile {
        let path: String
        let text: String

        var imports: [String] {
            text.matches(of: #/(?m)^(?:package |internal |private |public |@testable )*import (\w+)/#).map {
                String($0.1)
            }
        }
    }

    static func sources(of room: String) throws -> [SourceFile] {
        try allSources().filter { $0.path.hasPrefix("Sources/\(room)/") }
    }

    static func allSources() throws -> [SourceFile] {
        let folder = root.appendingPathComponent("Sources")
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
        return try paths.sorted().map { path in
            SourceFile(
                path: "Sources/" + path,
                text: try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8))
        }
    }
}
