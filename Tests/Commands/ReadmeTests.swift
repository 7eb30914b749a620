import Foundation
import TestSupport
import Testing

/// Every command of the READMEs runs, in a copy of the examples, and prints what stands there.
@Suite struct ReadmeTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test(arguments: [
        "README.md", "examples/ansible/README.md", "examples/ci/README.md", "examples/homestak/README.md",
        "examples/inheritance/README.md", "examples/prometheus/README.md", "examples/salt/README.md",
        "examples/site-config/README.md", "examples/testbed/README.md",
    ])
    func consoleBlocksAreTrue(_ path: String) throws {
        let text = try String(contentsOf: Self.root.appendingPathComponent(path), encoding: .utf8)
        let steps = Self.blocks(of: text, "console").flatMap(Self.steps)
        #expect(!steps.isEmpty)
        try Program.withFolder([]) { folder in
            try FileManager.default.copyItem(
                at: Self.root.appendingPathComponent("examples"), to: folder.appendingPathComponent("examples"))
            for step in steps {
                let printed = try Program.output(step.command, in: folder)
                #expect(matches(printed, step.output), "`\(step.command)` printed:\n\(printed)")
            }
        }
    }

    @Test(arguments: ["README.md", "CONTRIBUTING.md"]) func makeTargetsExist(_ path: String) throws {
        let text = try String(contentsOf: Self.root.appendingPathComponent(path), encoding: .utf8)
        let makefile = try String(contentsOf: Self.root.appendingPathComponent("Makefile"), encoding: .utf8)
        let targets = Set(
            text.matches(of: #/(?:`|^    )make ([a-z0-9]+)/#.anchorsMatchLineEndings()).map { String($0.1) })
        #expect(!targets.isEmpty)
        for target in targets { #expect(makefile.contains("\n\(target):"), "make \(target) does not exist") }
    }

    struct Step {
        let command: String
        var output: [String] = []
    }

    /// The lines between ```` ```LANGUAGE ```` and the closing fence.
    static func blocks(of text: String, _ language: String) -> [[String]] {
        var blocks: [[String]] = []
        var isInside = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line == "```\(language)" {
                isInside = true
                blocks.append([])
            } else if line.hasPrefix("```") {
                isInside = false
            } else if isInside {
                blocks[blocks.count - 1].append(String(line))
            }
        }
        return blocks
    }

    static func steps(of block: [String]) -> [Step] {
        var steps: [Step] = []
        for line in block {
            if line.hasPrefix("$ ") {
                steps.append(Step(command: String(line.dropFirst(2))))
            } else if !steps.isEmpty {
                steps[steps.count - 1].output.append(line)
            }
        }
        return steps
    }

    /// A line `…` stands for any lines.
    private func matches(_ printed: String, _ expected: [String]) -> Bool {
        var rest = printed.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)[...]
        if rest.last?.isEmpty == true { rest.removeLast() }
        var mayskip = false
        for line in expected {
            if line == "…" {
                mayskip = true
            } else if mayskip {
                guard let place = rest.firstIndex(of: line) else { return false }
                rest = rest[(place + 1)...]
                mayskip = false
            } else {
                guard rest.first == line else { return false }
                rest.removeFirst()
            }
        }
        return mayskip || rest.isEmpty
    }
}
