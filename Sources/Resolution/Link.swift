package import Diagnostics
package import SiteModel

/// Checks that every name an entity uses exists (DESIGN §2). R0201, R0202, R0203.
///
/// All references are checked, whether or not a nearer layer overrides them.
///
/// - Parameter inParts: links some of the entities and others, each by itself.
package func link(
    _ site: LinkedSite, _ scope: Scope,
    inParts: ([BoundEntity], @Sendable ([BoundEntity]) -> [Diagnostic]) -> [Diagnostic] = { $1($0) }
) -> [Diagnostic] {
    // Most files of a large site name nothing.
    let naming = site.entities.values.filter { entity in
        !entity.references.isEmpty || !entity.secretReferences.isEmpty || listOfMachines(entity) != nil
    }
    return site.ancestry.diagnostics + site.rules.diagnostics + site.checkAllocations()
        + inParts(naming.sorted(byBytesOf: \.path)) { link($0, in: site, scope) }
}

/// Checks the references of some of a site's entities.
package func link(_ entities: [BoundEntity], in site: LinkedSite, _ scope: Scope) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    var absences: [Absence.Name: Absence] = [:]
    let catalogue = site.catalogue
    for entity in entities {
        for reference in entity.references where scope.follows(reference) {
            guard !catalogue.contains(reference.name, reference.order) else { continue }
            // Nothing extends itself.
            let name = Absence.Name(reference.name, reference.order, besides: reference.isParent ? entity.id.name : nil)
            let absence = absences[name] ?? Absence(of: name, in: catalogue)
            absences[name] = absence
            diagnostics.append(.dangling(reference, of: entity.id, absence, site.strictness, scope))
        }
        guard scope != .variables, scope != .targets else { continue }
        for reference in entity.secretReferences where scope.wants(reference) {
            if reference.looksLikeToken {
                diagnostics.append(.tokenInClear(reference))
                continue
            }
            diagnostics += check(reference, of: entity.id.kind, in: site)
        }
        diagnostics += checkChoosers(entity, site.strictness)
    }
    return diagnostics
}

/// Whether a secret exists and is one value. R0203, R0407.
private func check(_ reference: SecretReference, of kind: EntityKind, in site: LinkedSite) -> [Diagnostic] {
    switch reference.target {
    case .name(let section, _):
        let found = site.secret(reference.steps, neededAt: reference.span, "not among the \(section)").diagnostics
        // Over a spec's key the Python resolver stops.
        return kind == .spec ? found.asErrors : found
    case .path(let steps):
        var found = site.secret(steps, neededAt: reference.span, "not in the secrets")
        // The Python resolver knows no such values, so leniency has nothing to follow.
        found.diagnostics = found.diagnostics.asErrors
        guard let value = found.value else { return found.diagnostics }
        guard case .secret(let secret) = value.content else {
            let problem = "\(SecretRef.path(steps)) is \(value.list == nil ? "a map" : "a list"), not one value"
            return [.badSecretMention(problem, [], reference.span)]
        }
        return found.diagnostics
            + (secret.type == .nonFinite
                ? [.badSecretMention("\(SecretRef.path(steps)) is infinite or no number", [], reference.span)] : [])
    }
}

/// What of an env or a manifest starts from templates and presets.
private func listOfMachines(_ entity: BoundEntity) -> [Value]? {
    switch entity.id.kind {
    case .env: entity.fields["vms"]?.list
    case .manifest: entity.fields["levels"]?.list
    default: nil
    }
}

/// A VM starts from a template or from a preset, not from both. R0202.
private func checkChoosers(_ entity: BoundEntity, _ strictness: Strictness) -> [Diagnostic] {
    guard let vms = listOfMachines(entity) else { return [] }
    var ofLevels: [Diagnostic] = []
    var ofVMs: [Diagnostic] = []
    let items = vms.span
    for index in items.indices {
        guard items[index].content.has("env") || items[index].content.has("vm_preset"),
            case .map(let vm) = items[index].content
        else { continue }
        if vm.contains("env") { ofLevels += checkLevel(vm, strictness) }
        guard vm.contains("vm_preset"), let template = vm["template"], !template.isNull,
            let span = vm.entry("vm_preset")?.keySpan
        else { continue }
        ofVMs.append(
            Diagnostic(
                .twoStarts, strictness.severity, "a VM starts from a template or from a preset, not from both",
                at: span,
                related: template.origin.span.map { [Label($0, "the template")] } ?? [],
                help: strictness == .strict ? "remove one; a template names its own preset" : "the template is used"))
    }
    return ofLevels + ofVMs
}

/// A level of a manifest is a machine or an env, not both: R0202.
private func checkLevel(_ level: Fields, _ strictness: Strictness) -> [Diagnostic] {
    guard let env = level.entry("env"), !env.value.isNull else { return [] }
    let own: [Key] = ["vm_preset", "template", "image", "vmid"]
    return own.compactMap { level.entry($0) }.filter { !$0.value.isNull }.map { entry in
        Diagnostic(
            .twoStarts, strictness.severity, "a level that is an env has no \(entry.key) of its own", at: entry.keySpan,
            related: env.keySpan.map { [Label($0, "the env")] } ?? [],
            help: strictness == .strict ? "remove one of the two" : "the env is used")
    }
}

extension Diagnostic {
    fileprivate static func dangling(
        _ reference: Reference, of id: EntityID, _ absence: Absence, _ strictness: Strictness, _ scope: Scope
    ) -> Diagnostic {
        let kind = id.kind
        // Without its node, a preset that a VM names directly, or a spec's posture, the Python resolver stops; it passes
        // over other names. A token for a spec that does not exist would be refused by the server.
        let stops =
            strictness == .strict || kind == .spec || kind.isForMinions
            || (reference.order.kind == .spec && scope == .deployment)
            || ["vm_preset", "node", "extends"].contains(reference.field)
        return absence.diagnostic(at: reference.span, stops ? .error : .warning)
    }

    /// No entity of that name: what was looked for and where, and what may have been meant.
    ///
    /// - Parameter span: the reference; nil if the command line named it.
    package static func notFound(
        _ name: Key, _ order: SearchOrder, at span: Span? = nil, in catalogue: Catalogue, _ severity: Severity
    ) -> Diagnostic {
        Absence(of: Absence.Name(name, order), in: catalogue).diagnostic(at: span, severity)
    }
}

extension [Diagnostic] {
    /// The same, none of them less than an error.
    fileprivate var asErrors: [Diagnostic] {
        map { diagnostic in
            var error = diagnostic
            error.severity = .error
            return error
        }
    }
}

extension SecretReference {
    /// `USER@REALM!ID=SECRET`, Proxmox's form of an API token, where the name of one is wanted.
    fileprivate var looksLikeToken: Bool {
        guard case .name(let section, let name) = target else { return false }
        return section == "api_tokens" && name.text.contains("!") && name.text.contains("=")
    }
}

extension Diagnostic {
    fileprivate static func tokenInClear(_ reference: SecretReference) -> Diagnostic {
        var diagnostic = Diagnostic(
            .tokenInClear, "api_token holds a token, where its name is wanted", at: reference.span,
            help:
                "move the token to the secrets, under api_tokens, write its name here, and make a new token: this one was seen"
        )
        diagnostic.hidesText = true
        return diagnostic
    }
}

extension SearchOrder {
    /// "not in vms/presets/, presets/ or v2/presets/"
    package var absence: String {
        let folders = folders.map { "\($0)/" }
        guard folders.count > 1, let last = folders.last else { return "not in \(folders.joined())" }
        return "not in \(folders.dropLast().joined(separator: ", ")) or \(last)"
    }
}

extension Code {
    package static let dangling = Code(
        "R0201", "no such name",
        explanation: """
            A reference names something that the site does not have. It is never replaced by an empty value: a VM without \
            its preset, or an env that is not there, would reach OpenTofu as something to destroy.
            """,
        example: """
            $ resolve env dev --node pve
            -- site.yaml --
            -- nodes/pve.yaml --
            datastore: local
            api_token: null
            -- vms/presets/vm-small.yaml --
            cores: 1
            -- envs/dev.yaml --
            vms:
              - name: web
                vm_preset: vm-smal
            """,
        fix: "Correct the name, or make the file that it names. `resolve list KIND` shows what there is.")

    package static let tokenInClear = Code(
        "R0503", "a token in clear",
        explanation: """
            A node's `api_token` is the name of a token among the secrets. A token itself in this file is plaintext on disk \
            and in git's history.
            """,
        example: """
            $ resolve env dev --node pve
            -- site.yaml --
            -- nodes/pve.yaml --
            datastore: local
            api_token: root@pam!tofu=00000000
            -- envs/dev.yaml --
            vms: []
            """,
        fix: "Move it to `api_tokens` in the secrets, name it in the node, and replace the token, for it was readable.")

    package static let twoStarts = Code(
        "R0202", "a VM with a template and a preset",
        explanation: "A VM starts either from a template, which may name a preset, or from a preset.",
        example: """
            $ resolve env dev --node pve
            -- site.yaml --
            -- nodes/pve.yaml --
            datastore: local
            api_token: null
            -- vms/base.yaml --
            image: debian-12
            -- vms/presets/small.yaml --
            cores: 1
            -- envs/dev.yaml --
            vms:
              - {name: web, template: base, vm_preset: small}
            """,
        fix: "Remove one of the two. With --lenient the template is used.")
}
