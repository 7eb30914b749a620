internal import Diagnostics
internal import SiteModel

extension OutputFormat {
    /// `resolve targets`: a list for Prometheus's file_sd (DESIGN §9).
    package static let targets = OutputFormat(
        name: "targets", summary: "What Prometheus scrapes",
        document: { subject in
            guard case .targets(let targets) = subject else { return nil }
            let wanted = targets.targets.filter { targets.job == nil || $0.job == targets.job }
            return Value(.list(LabelSet.all(in: wanted).map(\.entry)), .nowhere)
        })
}

/// Targets that have the same labels.
private struct LabelSet {
    private let labels: Fields
    private var targets: [Value] = []
    private var steps: [Step] = []

    /// Sorted by the labels' JSON text, the targets of each in natural order.
    static func all(in targets: [ScrapeTargets.Target]) -> [LabelSet] {
        var sets: [LabelSet] = []
        var places: [Key: Int] = [:]
        for target in targets {
            let labels = written(target.labels)
            // Two that differ in their order are one.
            let name = Key(text(labels.entries.sorted { $0.key < $1.key }))
            if let place = places[name] {
                sets[place].add(target)
            } else {
                places[name] = sets.count
                sets.append(LabelSet(labels, target))
            }
        }
        return sets.map { (text: Key(text($0.labels.entries)), set: $0) }.sorted { $0.text < $1.text }.map(\.set)
    }

    private init(_ labels: Fields, _ target: ScrapeTargets.Target) {
        self.labels = labels
        add(target)
    }

    private mutating func add(_ target: ScrapeTargets.Target) {
        targets.append(target.address)
        for step in target.via where !steps.contains(where: { $0.span == step.span && $0.field == step.field }) {
            steps.append(step)
        }
    }

    var entry: Value {
        var seen: Set<Key> = []
        let once = targets.filter { seen.insert(Key($0.string ?? "")).inserted }
        let ordered = once.map { (order: NaturalOrder($0.string ?? ""), target: $0) }.sorted { $0.order < $1.order }
        let fields = Fields([
            Fields.Entry(
                "targets", Value(.list(ordered.map(\.target)), .nowhere),
                rule: steps.isEmpty ? .ofItems : .derived("target"),
                via: steps),
            Fields.Entry("labels", Value(.map(labels), .nowhere), rule: .ofItems),
        ])
        return Value(.map(fields), .nowhere)
    }

    /// Every label a text; what is null or empty is none.
    private static func written(_ labels: Fields) -> Fields {
        Fields(
            labels.entries.compactMap { label in
                guard let text = text(label.value), !text.isEmpty else { return nil }
                var written = label
                written.value.content = .string(text)
                return written
            })
    }

    /// A scalar as JSON writes it; nil for null.
    private static func text(_ value: Value) -> String? {
        switch value.content {
        case .string(let text): text
        case .bool(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .bigInteger(let digits): digits
        case .float(let number): number.description
        default: nil
        }
    }

    private static func text(_ labels: [Fields.Entry]) -> String {
        let pairs = labels.map { "\(JSONText.quoted($0.key.text)):\(JSONText.quoted($0.value.string ?? ""))" }
        return "{" + pairs.joined(separator: ",") + "}"
    }
}
