internal import SiteModel

extension OutputFormat {
    /// `resolve manifest`: the graph, its orders, the tfvars of its roots; or a part of that (DESIGN §6, *manifest*).
    package static let manifest = OutputFormat(
        name: "manifest", summary: "A manifest's machines and the orders in which they are made and destroyed",
        document: { subject in
            guard case .manifest(let manifest, let form) = subject else { return nil }
            return switch form {
            case .graph: manifest.graph
            case .order: Value(.map(manifest.orders), .nowhere)
            case .source: manifest.source
            }
        })
}

extension ManifestGraph {
    fileprivate var graph: Value {
        let values = nodes.map { node in
            var fields = node.fields
            let tfvars = node.deployment.flatMap { OutputFormat.tfvars.document(.deployment($0)) }
            if let tfvars { fields.set(Fields.Entry("tfvars", tfvars, rule: .ofItems)) }
            return Value(.map(fields), list.value.origin)
        }
        var fields = head
        fields.set(list(of: values))
        for entry in orders.entries { fields.set(entry) }
        fields.lineage = lineage
        return Value(.map(fields), .nowhere)
    }

    fileprivate var orders: Fields {
        let names = createOrder.compactMap { nodes[$0].fields["name"] }
        func order(_ name: Key, _ names: [Value], _ words: String) -> Fields.Entry {
            Fields.Entry(name, Value(.list(names), list.value.origin), rule: .derived(words))
        }
        return Fields([
            order("create_order", names, "breadth-first from the roots, in the order of the file"),
            order("destroy_order", names.reversed(), "create_order, reversed"),
        ])
    }

    /// As a file of version 2 has it: what is absent is left out.
    fileprivate var source: Value {
        let values = nodes.map { node -> Value in
            let hidden: [Key] = ["depth", "execution_mode"]
            var fields = Fields(node.fields.entries.filter { !hidden.contains($0.key) && !$0.value.isNull })
            if let mode = node.fields.entry("execution_mode"), mode.rule != .whenAbsent {
                fields.set("execution", Value(.map(Fields([mode.named("mode")])), mode.value.origin))
            }
            return Value(.map(fields), list.value.origin)
        }
        var fields: Fields = ["schema_version": Value(.integer(2), .nowhere)]
        for entry in head.entries { fields.set(entry) }
        fields.set(list(of: values))
        return Value(.map(fields), .nowhere)
    }

    private func list(of values: [Value]) -> Fields.Entry {
        Fields.Entry("nodes", keySpan: list.keySpan, Value(.list(values), list.value.origin), rule: .ofItems)
    }
}
