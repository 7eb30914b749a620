internal import Diagnostics

/// Which values of an output are meant: `vms.web1.memory`, `vms.*.ip`. A pattern means all that stands below, too.
struct PathPattern {
    private let steps: [DottedPath.Step]

    /// Nil if the text is no path.
    init?(_ text: String) {
        guard let steps = DottedPath.steps(of: text) else { return nil }
        self.steps = steps
    }

    func matches(_ path: [Explanation.PathStep]) -> Bool {
        path.count >= steps.count && zip(steps, path).allSatisfy { matches($0, $1) }
    }

    /// Whether the pattern goes on where the path ends.
    func leadsBeyond(_ path: [Explanation.PathStep]) -> Bool {
        path.count < steps.count && zip(steps, path).allSatisfy { matches($0, $1) }
    }

    private func matches(_ step: DottedPath.Step, _ place: Explanation.PathStep) -> Bool {
        (step.text == "*" && !step.isQuoted) || step.text.utf8.elementsEqual(place.text.utf8)
            || (place.index.map { String($0) == step.text } ?? false)
    }

    /// How far the pattern leads where it leads nowhere.
    struct Nearest {
        /// The path up to the first step that does not exist.
        var reached = ""
        var missing = ""
        /// What stands there instead.
        var choices: [String] = []
    }

    func nearest(in paths: [[Explanation.PathStep]]) -> Nearest {
        for count in steps.indices.reversed() {
            let reached = paths.filter { path in
                path.count >= count && zip(steps.prefix(count), path).allSatisfy { matches($0, $1) }
            }
            guard !reached.isEmpty else { continue }
            var choices: [String] = []
            for path in reached where path.count > count && !choices.contains(path[count].text) {
                choices.append(path[count].text)
            }
            return Nearest(
                reached: DottedPath.text(steps.prefix(count).map(\.text)), missing: steps[count].text, choices: choices)
        }
        return Nearest()
    }
}
