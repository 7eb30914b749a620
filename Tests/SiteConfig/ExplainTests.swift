import Foundation
import SiteConfig
import Testing

/// What `explain` says is true: it tells of every value of an output, and a change at the place that it names changes that
/// value and nothing that does not name the place.
@Suite struct ExplainTests {
    /// The example whose output is largest, its secrets in a plain file so that they have places which can be changed.
    static let example: [String: String] = {
        let folder = ExampleSite.folder("homestak")
        var files = ExampleSite.files("homestak")
        files["secrets.yaml.enc"] = nil
        let identities = Identities(files: [folder.appendingPathComponent("throwaway-identity.txt").path])
        let secrets = try? SiteCompiler.decrypt(
            fileAt: folder.appendingPathComponent("secrets.yaml.enc").path, identities)
        // JSON is YAML.
        files["secrets.yaml"] = secrets?.document.map { String(decoding: $0.bytes(.revealed), as: UTF8.self) }
        return files
    }()

    static let targets: [(name: String, target: Target)] = [
        ("env prod", .env(.init(name: "prod"))), ("env dev", .env(.init(name: "dev", node: "pve"))),
        ("env dev on pve2", .env(.init(name: "dev", node: "pve2"))), ("env staging", .env(.init(name: "staging"))),
        ("vm", .vm(.init(name: "adhoc", vmid: 9000, template: "web", node: "pve2", posture: "stage"))),
        ("vars prod", .variables(.env("prod"))), ("vars dev", .variables(.env("dev"))),
        ("vars of a posture", .variables(.posture("stage"))),
    ]

    @Test func theLargestOutputIsTheFirst() throws {
        let sizes = try Self.targets.map { try Output(Self.example, $0.target).leaves.count }
        #expect(sizes[0] == sizes.max())
        #expect(sizes[0] > 60)
    }

    static let heirs: [(name: String, target: Target)] = [
        ("env prod", .env(.init(name: "prod"))), ("env dev", .env(.init(name: "dev"))),
        ("vars prod", .variables(.env("prod"))), ("vars dev", .variables(.env("dev"))),
    ]

    /// As many stories as values, in the same order, each with the value.
    @Test(arguments: targets.indices) func everyValueIsTold(_ index: Int) throws {
        let target = Self.targets[index].target
        let output = try Output(Self.example, target)
        let explained = try Story.all(Self.example, target)
        #expect(explained.map(\.path) == output.leaves.map(\.path))
        for (story, leaf) in zip(explained, output.leaves) where story.secret == nil {
            #expect(story.value == leaf.value, "\(story.path)")
        }
    }

    /// The whole story of the largest output, line by line.
    @Test func theStoryIsTheGolden() throws {
        let explanation = SiteCompiler(MemoryFiles(ExampleSite.files("homestak"))).explain(.env(.init(name: "prod")))
        let told = String(decoding: explanation.json, as: UTF8.self)
        let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Goldens/explain-homestak-prod.json")
        if ProcessInfo.processInfo.environment["RESOLVE_UPDATE_GOLDENS"] != nil {
            try told.write(to: golden, atomically: true, encoding: .utf8)
        }
        #expect(try told == String(contentsOf: golden, encoding: .utf8))
    }

    /// For each place that the largest output comes from: change what stands there, compile everything again, and see that
    /// exactly those values differ whose story has the place in it.
    @Test func aChangeAtThePlaceChangesTheValueAndNoOther() throws {
        #expect(try placesTried(in: Self.example, Self.targets) > 40)
    }

    /// The same where values are inherited, joined, merged deep and forced.
    @Test func aChangeInWhatIsInheritedChangesTheValueAndNoOther() throws {
        var files = ExampleSite.files("inheritance")
        // What `api_token: null` becomes when it is changed.
        files["secrets.yaml"] = "api_tokens: {nullx: a-token}\n"
        #expect(try placesTried(in: files, Self.heirs) > 20)
    }

    private func placesTried(in files: [String: String], _ targets: [(name: String, target: Target)]) throws -> Int {
        let stories = try targets.map { try Story.all(files, $0.target) }
        let before = try targets.map { try Output(files, $0.target) }
        let places = Set(stories[0].compactMap(\.place))
        for place in places.sorted() {
            let changed = try #require(Self.change(files, at: place))
            for (index, target) in targets.enumerated() {
                let after = try Output(changed, target.target, isLenient: true)
                #expect(after.leaves.map(\.path).count == before[index].leaves.count, "\(place) in \(target.name)")
                let differing = zip(before[index].leaves, after.leaves).enumerated()
                    .filter { $1.0.value != $1.1.value }.map(\.offset)
                let named = stories[index].indices.filter { stories[index][$0].names(place) }
                #expect(differing == named, "\(place) in \(target.name)")
            }
        }
        return places.count
    }

    /// Another value of the same kind in the place of what stands there.
    static func change(_ files: [String: String], at place: Place) -> [String: String]? {
        guard var lines = files[place.file]?.components(separatedBy: "\n") else { return nil }
        let line = lines[place.line - 1]
        let start = line.index(line.startIndex, offsetBy: place.column - 1)
        guard let token = line[start...].firstMatch(of: #/^("[^"]*"|[^,\]}#]+)/#) else { return nil }
        let old = String(token.0).trimmingCharacters(in: .whitespaces)
        let new: String
        if let number = Int(old) {
            new = String(number + 1)
        } else if ["true", "false"].contains(old) {
            new = old == "true" ? "false" : "true"
        } else if old.contains("://") {
            new = "\"https://10.9.9.9:8006\""
        } else if let address = old.firstMatch(of: #/^"(\d+\.\d+\.\d+\.)(\d+)(.*)"$/#), let last = Int(address.2) {
            new = "\"\(address.1)\(last + 100)\(address.3)\""
        } else {
            new = old.hasSuffix("\"") ? old.dropLast() + "x\"" : old + "x"
        }
        lines[place.line - 1] = line[..<start] + new + line[start...].dropFirst(old.count)
        var changed = files
        changed[place.file] = lines.joined(separator: "\n")
        return changed
    }
}

/// The sites under `examples/`.
enum ExampleSite {
    static func folder(_ name: String) -> URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("examples/\(name)")
    }

    static func files(_ name: String) -> [String: String] {
        let folder = folder(name)
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
        return Dictionary(
            uniqueKeysWithValues: paths.compactMap { path in
                (try? String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)).map { (path, $0) }
            })
    }
}

/// A place in a file of the site.
struct Place: Hashable, Comparable, CustomStringConvertible {
    let file: String
    let line: Int
    let column: Int

    init?(_ story: [String: Any]) {
        guard let file = story["file"] as? String, let line = story["line"] as? Int,
            let column = story["column"] as? Int
        else { return nil }
        (self.file, self.line, self.column) = (file, line, column)
    }

    var description: String { "\(file):\(line):\(column)" }

    static func < (left: Place, right: Place) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}

/// What `explain` says of one value.
struct Story {
    let path: String
    let value: String
    let secret: String?
    let place: Place?
    private let steps: [Place]

    /// Whether the value comes from there, or was led to from there.
    func names(_ other: Place) -> Bool { place == other || steps.contains(other) }

    static func all(_ files: [String: String], _ target: Target) throws -> [Story] {
        let explanation = SiteCompiler(MemoryFiles(files)).explain(target)
        #expect(explanation.report.isClean, "\(explanation.report.text())")
        let json = try JSONSerialization.jsonObject(with: Data(explanation.json), options: .fragmentsAllowed)
        return try #require(json as? [[String: Any]]).map { story in
            let value = story["value"] ?? "no value"
            return Story(
                path: try #require(story["path"] as? String), value: text(value),
                secret: (value as? [String: Any])?["$secret"] as? String, place: Place(story),
                steps: (story["via"] as? [[String: Any]] ?? []).compactMap { Place($0) })
        }
    }
}

/// The values of an output without parts, by their paths.
struct Output {
    struct Leaf: Equatable {
        let path: String
        let value: String
    }

    private(set) var leaves: [Leaf] = []

    init(_ files: [String: String], _ target: Target, isLenient: Bool = false) throws {
        let compiler = SiteCompiler(MemoryFiles(files), isLenient: isLenient, identities: Identities(files: []))
        let compiled = compiler.compile(target)
        let document = try #require(compiled.document, "\(compiled.report.text())")
        var reader = OrderedReader(document.bytes(.revealed))
        let read = try reader.leaves()
        leaves = read.map { Leaf(path: $0.path, value: $0.value) }
    }
}

private func text(_ value: Any) -> String {
    let data = try? JSONSerialization.data(withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys])
    return data.map { String(decoding: $0, as: UTF8.self) } ?? "?"
}

/// Reads JSON as `resolve` writes it, two spaces a level, keys in their order: `JSONSerialization` forgets the order.
private struct OrderedReader {
    private var lines: [Substring]
    private var path: [String] = []
    private var found: [(path: String, value: String)] = []

    init(_ bytes: [UInt8]) { lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").reversed() }

    mutating func leaves() throws -> [(path: String, value: String)] {
        try value(String(try next().drop { $0 == " " }))
        return found
    }

    private mutating func next() throws -> Substring {
        let line = lines.popLast()
        return try #require(line)
    }

    private mutating func value(_ written: String) throws {
        let text = written.hasSuffix(",") ? String(written.dropLast()) : written
        switch text {
        case "{":
            while let line = lines.last, !line.drop(while: { $0 == " " }).hasPrefix("}") {
                let entry = try next().drop { $0 == " " }
                let parts = try #require(entry.firstMatch(of: #/^"([^"]*)": (.*)$/#))
                path.append(String(parts.1))
                try value(String(parts.2))
                path.removeLast()
            }
            _ = try next()
        case "[":
            let start = found.count
            var index = 0
            while let line = lines.last, !line.drop(while: { $0 == " " }).hasPrefix("]") {
                path.append(String(index))
                try value(String(try next().drop { $0 == " " }))
                path.removeLast()
                index += 1
            }
            _ = try next()
            nameItems(from: start)
        default: found.append((path.joined(separator: "."), canonical(text)))
        }
    }

    /// VMs go by their names.
    private mutating func nameItems(from start: Int) {
        guard path == ["vms"] else { return }
        var names: [String: String] = [:]
        for leaf in found[start...] where leaf.path.hasSuffix(".name") {
            names[String(leaf.path.dropLast(5))] = String(leaf.value.dropFirst().dropLast())
        }
        for index in found.indices[start...] {
            let item = found[index].path.split(separator: ".").prefix(2).joined(separator: ".")
            guard let name = names[item] else { continue }
            found[index].path = "vms.\(name)" + found[index].path.dropFirst(item.count)
        }
    }

    private func canonical(_ json: String) -> String {
        (try? JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)).map(text) ?? json
    }
}
