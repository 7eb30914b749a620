internal import Diagnostics
internal import SiteModel

/// What VMs of one template, or of one preset, have in common: the layers below their own, and what these come to.
///
/// A left fold over the layers of a VM is the fold of these and then the VM's own step, so it is done once for all of them. A
/// reference, since each of them keeps it.
final class VMStart: Sendable {
    /// The template or preset that a VM names.
    enum Name: Hashable {
        case template(Key)
        case preset(Key)
        case nothing

        /// Nil where what is chosen is not said by a name.
        init?(of instance: Fields) {
            if let template = instance.text("template") {
                self = .template(Key(template))
            } else if let said = Self.choice("template", in: instance) {
                guard let name = said else { return nil }
                self = .template(name)
            } else if let said = Self.choice("vm_preset", in: instance) {
                guard let name = said else { return nil }
                self = .preset(name)
            } else {
                self = .nothing
            }
        }

        /// What a field names; nil in it if that is no name, and nil if it says nothing.
        private static func choice(_ field: Key, in instance: Fields) -> Key?? {
            let said = instance.withValue(field) { $0.isNull ? nil : .some($0.name.map { Key($0) }) as Key?? }
            return said.flatMap(\.self)
        }

        /// What `Dictionary` asks, as of the key that it is: one is looked up for each VM.
        func _rawHashValue(seed: Int) -> Int {
            switch self {
            case .template(let name): name._rawHashValue(seed: seed)
            case .preset(let name): name._rawHashValue(seed: ~seed)
            case .nothing: seed
            }
        }

        /// The field that says it.
        var field: Key {
            switch self {
            case .template, .nothing: "template"
            case .preset: "vm_preset"
            }
        }
    }

    private let layers: [MergeLayer]
    /// How they took part, as far as that is known.
    private let lineages: [Lineage]
    /// What the layers come to; nil where tags or rules make more of a VM than its own entries over theirs.
    private let merged: Fields?
    /// The same as VMs share it: where a layer beats what fills in for it, it does so for all of them.
    let shared: SharedFields?
    /// Whether what VMs share has beaten what fills in for it.
    let isFilled: Bool
    /// Whether a VM is no more than its own entries, else these, and nothing is to be said of these, which are at most
    /// `MachineRow.most`.
    let isPlain: Bool
    let facts: VM.Facts
    /// What the layers say of a gateway, and what address that is.
    let gateway: (isSaid: Bool, address: IPAddress?)

    /// - Parameter fallbacks: what a VM has that does not say it.
    init(_ layers: [MergeLayer], by rules: MergeRules, fallbacks: [Fields.Entry], _ strictness: Strictness) {
        self.layers = layers
        lineages = layers.compactMap(\.lineage)
        let replaces = !rules.hasExceptions && !layers.contains(where: \.isTagged)
        let merged = replaces ? Fields(distinct: merge(layers, by: rules).fields.entries) : nil
        self.merged = merged
        let filled = merged.flatMap { Self.filling($0, with: fallbacks) }
        isFilled = filled != nil
        shared = (filled ?? merged).map { fields in
            // Where a VM names them is another place for each.
            SharedFields(
                fields, fallbacks: fallbacks.filter { !fields.contains($0.key) },
                lineage: layers.compactMap(\.lineage).map { $0.isNamedByVM ? $0.named(at: nil) : $0 })
        }
        var facts = VM.Facts()
        for entry in merged?.entries ?? [] { facts.note(entry.key) { entry.content } }
        self.facts = facts
        let gateway = shared?.fields["gateway"]
        self.gateway = (gateway != nil, gateway.flatMap(IPAddress.init(ofGateway:)))
        isPlain =
            filled.map { filled in
                guard filled.count <= MachineRow.most else { return false }
                let address = filled.entry("ip").map { [$0.value] + $0.beat } ?? []
                return address.allSatisfy { checkAddress($0, strictness).isEmpty }
            } ?? false
    }

    /// What VMs share of a field.
    subscript(key: Key) -> Value? { shared?.fields[key] }

    /// Nil where a fallback is the stronger: it comes from a file that is none of the layers.
    private static func filling(_ merged: Fields, with fallbacks: [Fields.Entry]) -> Fields? {
        var filled = merged
        for fallback in fallbacks {
            guard let entry = merged.entry(fallback.key) else { continue }
            filled.fill(fallback)
            if filled[fallback.key]?.origin.span != entry.value.origin.span { return nil }
        }
        return filled
    }

    /// The layers as that VM names them.
    func layers(named instance: Fields) -> [MergeLayer] {
        let span = Self.span(of: instance)
        return layers.map { layer in
            guard let lineage = layer.lineage, lineage.isNamedByVM else { return layer }
            return MergeLayer(
                layer.fields, isTagged: layer.isTagged, lineage.named(at: span), of: layer.source)
        }
    }

    /// What a VM's own entry of a field makes of what is there.
    func entry(_ key: Key, under own: Fields.Entry?) -> Fields.Entry? {
        guard let below = merged?.entry(key) else { return own }
        return own.map { ReplaceRule.combine(below, $0) } ?? below
    }

    /// A VM's own entry over what it starts from, each of its fields replacing what is there; nil if that is not all.
    func replaced(by instance: Fields) -> Fields? {
        guard let shared else { return nil }
        // What is filled in behind the merge needs some room, too.
        let entries = instance.entries
        var result = Fields(over: shared, entries.count + 4, lineage: lineage(named: instance))
        for entry in entries where !FieldTable.isChooser(entry.key) {
            result.set(self.entry(entry.key, under: entry) ?? entry)
        }
        return result
    }

    /// How the layers took part in that VM.
    func lineage(named instance: Fields) -> [Lineage] {
        let span = Self.span(of: instance)
        return lineages.map { $0.isNamedByVM ? $0.named(at: span) : $0 }
    }

    private static func span(of instance: Fields) -> Span? {
        Name(of: instance).flatMap { instance[$0.field]?.origin.span }
    }
}

extension Lineage {
    /// Whether a VM's own entry names the file.
    fileprivate var isNamedByVM: Bool { step.field == "template" || step.field == "vm_preset" }

    fileprivate func named(at span: Span?) -> Lineage { Lineage(source, Step(step.field, at: span, to: step.target)) }
}
