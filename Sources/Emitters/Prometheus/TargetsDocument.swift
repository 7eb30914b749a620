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
    private var seen: Set<Reference> = []

    /// Where a reference stands that led to a target.
    private struct Reference: Hashable {
        let span: Span?
        let field: Key
    }

    /// Sorted by the labels' JSON text, the targets of each in natural order.
    static func all(in targets: [ScrapeTargets.Target]) -> [LabelSet] {
        var sets: [LabelSet] = []
        var names: [[UInt8]] = []
        var places = HashedPlaces(capacity: targets.count)
        for target in targets {
            let labels = written(target.labels)
            // Two that differ in their order are one.
            let name = text(labels.entries.sorted { $0.key < $1.key })
            let hash = HashedPlaces.hash(long: name.span, seed: 0)
            if let place = places.place(hash, where: { names[$0] == name }) {
                sets[place].add(target)
            } else {
                places.put(sets.count, hash)
                names.append(name)
                sets.append(LabelSet(labels, target))
            }
        }
        return sets.sorted(byBytesOf: { String(decoding: text($0.labels.entries), as: UTF8.self) })
    }

    private init(_ labels: Fields, _ target: ScrapeTargets.Target) {
        self.labels = labels
        add(target)
    }

    private mutating func add(_ target: ScrapeTargets.Target) {
        targets.append(target.address)
        steps += target.via.filter { seen.insert(Reference(span: $0.span, field: $0.field)).inserted }
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

    private static func text(_ labels: [Fields.Entry]) -> [UInt8] {
        var text = [UInt8(ascii: "{")]
        for label in labels {
            if text.count > 1 { text.append(UInt8(ascii: ",")) }
            JSONText.append(text: label.key.text, to: &text)
            text.append(UInt8(ascii: ":"))
            JSONText.append(text: label.value.string ?? "", to: &text)
        }
        return text + [UInt8(ascii: "}")]
    }
}
