import TestSupport

/// What a file of a site says under one key, before anything is merged.
indirect enum Said {
    case value(OrderedJSON)
    /// A path into `secrets.yaml`.
    case secret(String)
    case list([OrderedJSON])
    case map([Entry])
    case unset
    case tagged(Tag, Said)

    struct Entry {
        let key: String
        var said: Said

        init(_ key: String, _ said: Said) {
            self.key = key
            self.said = said
        }
    }

    enum Tag: String { case force, `default`, replace, append, union }

    /// In YAML's flow style.
    var yaml: String {
        switch self {
        case .value(let json): json.text
        case .secret(let path): "{\"$secret\": \"\(path)\"}"
        case .list(let items): OrderedJSON.list(items).text
        case .map(let entries):
            "{" + entries.map { "\"\($0.key)\": \($0.said.yaml)" }.joined(separator: ", ") + "}"
        // What stands behind a tag must not look like a part of it.
        case .unset: "!unset "
        case .tagged(let tag, let said): "!\(tag.rawValue) \(said.yaml)"
        }
    }
}

extension [Said.Entry] {
    /// A line for each.
    var lines: String { map { "\"\($0.key)\": \($0.said.yaml)\n" }.joined() }

    /// With another value under a key, in its place; at the end if it was not there.
    func setting(_ key: String, _ said: Said) -> [Said.Entry] {
        guard let index = firstIndex(where: { $0.key == key }) else { return self + [Said.Entry(key, said)] }
        var entries = self
        entries[index].said = said
        return entries
    }
}

/// A site with host groups and components, as it is before it is written.
struct SaltSite {
    struct Component {
        let name: String
        var extends: [String] = []
        /// Its other fields, `pillar` among them.
        var fields: [Said.Entry] = []
    }

    struct HostGroup {
        let stem: String
        var extends: [String] = []
        /// Its own keys and those of its pillar, as they stand there, without `instances`.
        var fields: [Said.Entry] = []
        /// None: it says nothing of instances.
        var instances: Instances?
    }

    enum Instances {
        /// Addresses that are counted.
        case list([String])
        case map([Instance])
    }

    struct Instance {
        enum Key { case number(Int), name(String) }

        let key: Key
        var address: String?
        /// What a map says beside `ip`; nil where only an address stands, or null.
        var fields: [Said.Entry]?
    }

    /// What Salt's own part of `site.yaml` says.
    var firstInstance: Int?
    /// The rules of `merge: {pillar.KEY: RULE}`.
    var rules: [(key: String, rule: String)] = []
    var envs: [String] = []
    var components: [Component] = []
    var hostGroups: [HostGroup] = []
    /// `secrets.yaml`: scalars only, one map deep.
    var secrets: [Said.Entry] = []
    /// Secret layers by their entity: `hosts/kt_web`, `components/nginx`.
    var secretLayers: [(entity: String, entries: [Said.Entry])] = []
    /// What follows an entity's name in its secret layer's file name.
    var suffix = ".yaml"

    /// The path of an entity's secret layer.
    func secretPath(_ entity: String) -> String { "secrets/\(entity)\(suffix)" }

    func component(_ name: String) -> Component? { components.first { $0.name == name } }
    func hostGroup(_ stem: String) -> HostGroup? { hostGroups.first { $0.stem == stem } }

    /// The texts by their paths.
    var files: [String: String] {
        var files: [String: String] = [:]
        files["site.yaml"] =
            (firstInstance.map { "salt: {first_instance: \($0)}\n" } ?? "")
            + (rules.isEmpty
                ? "" : "merge: {\(rules.map { "pillar.\($0.key): \($0.rule)" }.joined(separator: ", "))}\n")
        for env in envs { files["envs/\(env).yaml"] = "vms: []\n" }
        for component in components {
            files["components/\(component.name).yaml"] = Self.extends(component.extends) + component.fields.lines
        }
        for group in hostGroups {
            files["pillar/hosts/\(group.stem).sls"] =
                "#!yaml\n" + Self.extends(group.extends) + group.fields.lines + (group.instances?.lines ?? "")
        }
        if !secrets.isEmpty { files["secrets.yaml"] = secrets.lines }
        for layer in secretLayers { files[secretPath(layer.entity)] = layer.entries.lines }
        return files
    }

    private static func extends(_ parents: [String]) -> String {
        switch parents.count {
        case 0: ""
        case 1: "extends: \(parents[0])\n"
        default: "extends: [\(parents.joined(separator: ", "))]\n"
        }
    }
}

extension SaltSite.Instances {
    fileprivate var lines: String {
        switch self {
        case .list(let addresses):
            "instances: [" + addresses.map { "\"\($0)\"" }.joined(separator: ", ") + "]\n"
        case .map(let instances):
            "instances:\n"
                + instances.map { "  \($0.key.text): \($0.yaml)\n" }.joined()
        }
    }
}

extension SaltSite.Instance.Key {
    var text: String {
        switch self {
        case .number(let number): String(number)
        case .name(let name): name
        }
    }
}

extension SaltSite.Instance {
    fileprivate var yaml: String {
        let address = address.map { OrderedJSON.string($0) }
        guard let fields else { return address?.text ?? "null" }
        return Said.map((address.map { [Said.Entry("ip", .value($0))] } ?? []) + fields).yaml
    }
}
