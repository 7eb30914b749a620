import Foundation

/// The files of a golden case: what stands before its first command.
struct GoldenSite {
    let name: String
    let files: [String: String]

    static func all() throws -> [GoldenSite] {
        let folder = MigrationTests.root.appendingPathComponent("Tests/Goldens/cases")
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".txt") }
        return try names.sorted().map { name in
            let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
            return GoldenSite(name: name, files: files(of: text))
        }
    }

    private static func files(of text: String) -> [String: String] {
        var files: [String: String] = [:]
        var path: String?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if line.hasPrefix("-- $ ") { break }
            if line.hasPrefix("-- "), line.hasSuffix(" --") {
                path = String(line.dropFirst(3).dropLast(3))
                if let path { files[path] = "" }
            } else if let path {
                files[path, default: ""] += line + "\n"
            }
        }
        return files.settingEnds()
    }
}

extension [String: String] {
    /// With the characters that a golden spells out, and without the last line's end where it says so.
    fileprivate func settingEnds() -> [String: String] {
        let mark = " (no newline)"
        return reduce(into: [:]) { files, file in
            let text = file.value.replacing(#/\\u\{([0-9a-f]+)\}/#) { match in
                UInt32(match.1, radix: 16).flatMap(Unicode.Scalar.init).map { String($0) } ?? ""
            }
            if file.key.hasSuffix(mark) {
                files[String(file.key.dropLast(mark.count))] = String(text.dropLast())
            } else {
                files[file.key] = text
            }
        }
    }
}
