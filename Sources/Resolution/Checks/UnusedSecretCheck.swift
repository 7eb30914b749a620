package import Diagnostics
internal import SiteModel

/// Secrets that nothing in the site reads: perhaps the remains of something that is gone. R0511.
///
/// Wants the whole site loaded.
package func unusedSecrets(_ site: LinkedSite) -> [Diagnostic] {
    guard case .keys(let keys) = site.secrets else { return [] }
    let used = UsedSecrets(site)
    var findings: [Diagnostic] = []
    collect(keys.fields, [], used, &findings)
    return findings
}

private func collect(_ fields: Fields, _ steps: [Key], _ used: UsedSecrets, _ findings: inout [Diagnostic]) {
    for entry in fields.entries {
        let path = steps + [entry.key]
        if used.paths.contains(path) { continue }
        let isSection = path.count == 1 && FieldTable.secrets.field(entry.key) != nil
        if let below = entry.value.map, isSection || used.prefixes.contains(path) {
            collect(below, path, used, &findings)
        } else {
            findings.append(.unusedSecret(path, entry.keySpan))
        }
    }
}

/// The paths that something reads. A path to a map stands for all that is below.
private struct UsedSecrets {
    let paths: Set<[Key]>
    let prefixes: Set<[Key]>

    init(_ site: LinkedSite) {
        var used: [[Key]] = [
            ["ssh_keys"], ["passwords", "vm_root"], ["auth", "signing_key"], ["auth", "site_token"],
        ]
        for entity in site.entities.values {
            used += entity.secretReferences.map(\.steps)
            if entity.id.kind == .node, !entity.fields.contains("api_token") {
                used.append(["api_tokens", entity.id.name])
            }
            let machines = ["vms", "nodes", "levels"].compactMap { entity.fields[Key($0)]?.list }.flatMap(\.self)
            guard [.env, .manifest].contains(entity.id.kind) else { continue }
            for vm in machines {
                if let name = vm.map?["name"]?.name { used.append(["auth", "node_tokens", Key(name)]) }
            }
        }
        paths = Set(used)
        prefixes = Set(used.flatMap { path in path.indices.map { Array(path[..<$0]) } })
    }
}

extension Diagnostic {
    fileprivate static func unusedSecret(_ path: [Key], _ span: Span?) -> Diagnostic {
        Diagnostic(
            .unusedSecret, .note, "nothing in this site reads \(SecretRef.path(path))", at: span,
            help: "remove it if nothing else does: what is not there cannot leak")
    }
}

extension Code {
    package static let unusedSecret = Code(
        "R0511", "a secret that nothing reads",
        explanation: """
            No node, posture, VM or `!secret` of this site leads to it. Such remains are forgotten when secrets are changed. \
            Values that other tools read are no mistake, so it is only a note.
            """,
        example: """
            $ resolve secrets check
            -- site.yaml --
            -- secrets.yaml --
            api_tokens: {old: x}
            """,
        fix: "Remove it, or leave it if another tool reads it.")
}
