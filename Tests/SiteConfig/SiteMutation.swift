import TestSupport

/// Small changes of a site's files at random, as a person makes them.
struct SiteMutation {
    var random: SeededNumbers

    init(_ seed: Int) { random = SeededNumbers(seed &+ 31_000) }

    /// One scalar by another of its kind; what it was may have meant something.
    ///
    /// - Returns: the files, and where the change is.
    mutating func scalar(
        of files: [String: String], where isWanted: (String) -> Bool = { _ in true }
    ) -> (files: [String: String], path: String, line: Int) {
        while true {
            let path = pick(files.keys.filter { isWanted($0) && $0 != "resolve.yaml" }.sorted())
            var lines = (files[path] ?? "").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            let line = number(lines.count)
            guard let changed = changed(lines[line]) else { continue }
            lines[line] = changed
            var files = files
            files[path] = lines.joined(separator: "\n")
            return (files, path, line + 1)
        }
    }

    private mutating func changed(_ line: String) -> String? {
        let tokens = line.matches(of: #/[ \[{,](\d+|true|false|"[^"]*")(?=[,\]}]|$)/#).map(\.output.1)
        guard !tokens.isEmpty else { return nil }
        let old = pick(tokens)
        let new: String
        if let number = Int(old) {
            new = String(number + 1)
        } else if old.hasPrefix("\"") {
            let address = old.firstMatch(of: #/^"(10\.\d+\.\d+\.)(\d+)(.*)"$/#)
            new = address.map { "\"\($0.1)\((Int($0.2) ?? 0) + 100)\($0.3)\"" } ?? "\(old.dropLast())x\""
        } else {
            new = old == "true" ? "false" : "true"
        }
        return line[..<old.startIndex] + new + line[old.endIndex...]
    }

    /// A line less, a file less, a line twice, or another scalar.
    mutating func any(of files: [String: String]) -> [String: String] {
        var files = files
        let path = pick(files.keys.filter { $0 != "resolve.yaml" }.sorted())
        var lines = (files[path] ?? "").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        switch number(6) {
        case 0: files[path] = nil
        case 1, 2:
            lines.remove(at: number(lines.count))
            files[path] = lines.joined(separator: "\n")
        default: return scalar(of: files).files
        }
        return files
    }

    mutating func pick<T>(_ choices: [T]) -> T { choices[number(choices.count)] }
    mutating func number(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }
}
