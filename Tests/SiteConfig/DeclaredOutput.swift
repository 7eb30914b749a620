import SiteConfig
import TestSupport

/// One output as an item of resolve.yaml asks for it, and the target that a command line would name instead.
struct DeclaredOutput {
    /// The item's fields but `to`.
    let fields: [OrderedJSON.Entry]
    let target: Target

    fileprivate init(_ emit: String, _ fields: [OrderedJSON.Entry] = [], _ target: Target) {
        self.fields = [("emit", .string(emit))] + fields
        self.target = target
    }

    /// The whole item.
    func item(to path: String) -> OrderedJSON { .map(fields + [("to", .string(path))]) }

    /// resolve.yaml with an item for each, which are written to `o/0`, `o/1`, …
    static func text(_ outputs: [DeclaredOutput], isRedacted: Bool = false) -> String {
        let redact: [OrderedJSON.Entry] = isRedacted ? [("redact", .bool(true))] : []
        let items = outputs.enumerated().map {
            "  - \(OrderedJSON.map($1.item(to: "o/\($0)").entries + redact).text)\n"
        }
        return items.isEmpty ? "outputs: []\n" : "outputs:\n" + items.joined()
    }

    /// Everything that a site can compile to, in every form. Some of it may be wrong for the site.
    static func all(of compiler: SiteCompiler) -> [DeclaredOutput] {
        let site = Names(compiler)
        return site.deployments + site.variables + site.inventories + site.saltOutputs + site.scraped + site.homestak
    }
}

extension OrderedJSON {
    typealias Entry = (key: String, value: OrderedJSON)
}

/// What there is in a site.
private struct Names {
    let compiler: SiteCompiler
    let envs, nodes, hosts: [String]
    let minions: [String]

    init(_ compiler: SiteCompiler) {
        self.compiler = compiler
        func names(_ kind: String) -> [String] { compiler.list(kind)?.entries.map(\.name) ?? [] }
        (envs, nodes, hosts) = (names("envs"), names("nodes"), names("hosts"))
        minions = compiler.minions().listing?.entries.map(\.name) ?? []
    }

    private func names(_ kind: String) -> [String] { compiler.list(kind)?.entries.map(\.name) ?? [] }

    private func document(_ target: Target) -> OrderedJSON? {
        compiler.compile(target).document.flatMap { try? OrderedJSON.parsed($0.bytes(.redacted)) }
    }

    // MARK: OpenTofu

    var deployments: [DeclaredOutput] {
        let placed = envs.flatMap { env in
            [DeclaredOutput("env", [text("env", env)], .env(.init(name: env)))]
                + nodes.map { node in
                    DeclaredOutput("env", [text("env", env), text("node", node)], .env(.init(name: env, node: node)))
                }
        }
        return placed + envs.compactMap(renumbered) + single
    }

    /// An env one of whose VMs has another number.
    private func renumbered(_ env: String) -> DeclaredOutput? {
        guard let node = nodes.first, let vms = document(.env(.init(name: env, node: node)))?["vms"]?.items,
            case .string(let name)? = vms.first?["name"]
        else { return nil }
        return DeclaredOutput(
            "env", [text("env", env), text("node", node), ("vm_id", .map([(name, .number("8999"))]))],
            .env(.init(name: env, node: node, vmids: [(name, 8999)])))
    }

    /// VMs that stand in no env.
    private var single: [DeclaredOutput] {
        guard let node = nodes.first else { return [] }
        func output(_ more: [OrderedJSON.Entry], _ change: (inout Target.VM) -> Void) -> DeclaredOutput {
            var request = Target.VM(name: "lone", vmid: 8998, node: node, issuedAt: time)
            change(&request)
            let own = [text("name", "lone"), ("vmid", .number("8998")), text("node", node), issuedAt]
            return DeclaredOutput("vm", own + more, .vm(request))
        }
        let templates = names("templates").map { name in output([text("template", name)]) { $0.template = name } }
        let presets = names("presets").map { name in output([text("preset", name)]) { $0.preset = name } }
        guard let template = names("templates").first else { return templates + presets }
        let postures = names("postures").map { name in
            output([text("template", template), text("posture", name), text("image", "i")]) {
                ($0.template, $0.posture, $0.image) = (template, name, "i")
            }
        }
        let specs = names("specs").map { name in
            output([text("template", template), text("spec", name)]) { ($0.template, $0.spec) = (template, name) }
        }
        return templates + presets + postures + specs
    }

    private var time: Int { 1_700_000_000 }
    private var issuedAt: OrderedJSON.Entry { ("issued_at", .number(String(time))) }

    // MARK: Ansible

    var variables: [DeclaredOutput] {
        envs.map { DeclaredOutput("vars", [text("env", $0)], .variables(.env($0))) }
            + names("postures").map { DeclaredOutput("vars", [text("posture", $0)], .variables(.posture($0))) }
    }

    var inventories: [DeclaredOutput] {
        let forms: [(String?, Target.Inventory.Form)] = [
            (nil, .script), ("script", .script), ("json", .json), ("yaml", .yaml),
        ]
        let files = maybe(envs).flatMap { env in
            forms.map { name, form in
                let target = Target.inventory(.init(env: env, form: form))
                return DeclaredOutput("inventory", option("env", env) + option("format", name), target)
            }
        }
        let hosts = document(.inventory(.init()))?["_meta"]?["hostvars"]?.entries.map(\.key) ?? []
        return files
            + hosts.map { DeclaredOutput("inventory", [text("host", $0)], .inventory(.init(form: .host($0)))) }
    }

    // MARK: Salt

    var saltOutputs: [DeclaredOutput] {
        let forms: [(String?, Target.Roster.Form)] = [(nil, .yaml), ("yaml", .yaml), ("json", .json)]
        var outputs: [DeclaredOutput] = [DeclaredOutput("nodegroups", [], .nodegroups)]
        for env in maybe(envs) {
            for (name, form) in forms {
                let target = Target.roster(.init(env: env, form: form))
                outputs.append(DeclaredOutput("roster", option("env", env) + option("format", name), target))
            }
        }
        if let id = minions.first {
            let one = Target.roster(.init(minions: [id], form: .json))
            outputs.append(DeclaredOutput("roster", [("minions", .list([.string(id)])), text("format", "json")], one))
            let moved = Target.roster(.init(addresses: [(id, "192.0.2.99")]))
            outputs.append(DeclaredOutput("roster", [("set", .map([text(id, "192.0.2.99")]))], moved))
        }
        for minion in minions {
            outputs.append(DeclaredOutput("pillar", [text("minion", minion)], .pillar(minion)))
            outputs.append(DeclaredOutput("tops", [text("minion", minion)], .tops(minion)))
        }
        return outputs
    }

    // MARK: Prometheus

    var scraped: [DeclaredOutput] {
        let jobs = compiler.compileJobs(.init()).jobs.map(\.name)
        return maybe(envs).flatMap { env in
            maybe(jobs).map { job in
                let target = Target.targets(.init(job: job, env: env))
                return DeclaredOutput("targets", option("job", job) + option("env", env), target)
            }
        }
    }

    // MARK: homestak

    var homestak: [DeclaredOutput] {
        let specs = names("specs").map { DeclaredOutput("spec", [text("spec", $0)], .specification($0)) }
        let machines = Set(nodes + hosts).sorted().map { DeclaredOutput("host", [text("host", $0)], .host($0)) }
        return specs + machines + names("manifests").flatMap(manifests)
    }

    private func manifests(_ name: String) -> [DeclaredOutput] {
        let own = [text("manifest", name), issuedAt]
        let graph = Target.Manifest(.name(name), issuedAt: time)
        let machines = (document(.manifest(graph))?["nodes"]?.items ?? []).compactMap { machine -> String? in
            if case .string(let name)? = machine["name"] { name } else { nil }
        }
        let forms: [DeclaredOutput] = [
            .init("manifest", own, .manifest(graph)),
            .init(
                "manifest", own + [("order", .bool(true))],
                .manifest(.init(.name(name), form: .order, issuedAt: time))),
        ]
        let subtrees = machines.prefix(1).map { root in
            DeclaredOutput(
                "manifest", own + [text("subtree", root)],
                .manifest(.init(.name(name), form: .subtree(root), issuedAt: time)))
        }
        let placed = nodes.map { node in
            DeclaredOutput(
                "manifest", own + [text("node", node)],
                .manifest(.init(.name(name), node: node, issuedAt: time)))
        }
        return forms + subtrees + placed
    }
}

/// Each of some names, and none.
private func maybe(_ names: [String]) -> [String?] { [nil] + names.map { Optional($0) } }

private func text(_ key: String, _ text: String) -> OrderedJSON.Entry { (key, .string(text)) }

private func option(_ key: String, _ text: String?) -> [OrderedJSON.Entry] {
    text.map { [(key, .string($0))] } ?? []
}
