package import Diagnostics
package import SiteModel

/// What a compile target comes to, before it takes a tool's format.
package enum Subject: Sendable {
    case deployment(Deployment)
    case variables(MachineVariables)
    case specification(Specification)
    case manifest(ManifestGraph, ManifestGraph.Form)
    case host(HostAccess)
    case roster(Roster)
    case pillar(MinionData)
    case tops(MinionData)
    case nodegroups(Nodegroups)
    case inventory(Inventory)
    case targets(ScrapeTargets)
}

/// The language that a document is written in.
///
/// Where its reader takes texts for templates, as Ansible does, secrets and what is tagged `!raw` are marked as none.
package enum OutputSyntax: Sendable {
    case json(isTemplated: Bool = false)
    /// With the machines of a list that is empty in the document.
    case jsonOfMachines(MachineList)
    /// Behind a first line of its own, if it has one.
    case yaml(header: String? = nil, isTemplated: Bool = false)
}

/// A tool's format: how a subject becomes a document.
package struct OutputFormat: Sendable {
    /// The command that writes it.
    package let name: String
    package let summary: String
    /// The document, or nil for a subject of another kind.
    let document: @Sendable (Subject) -> Value?
    let syntax: @Sendable (Subject) -> OutputSyntax

    init(
        name: String, summary: String, syntax: @escaping @Sendable (Subject) -> OutputSyntax = { _ in .json() },
        document: @escaping @Sendable (Subject) -> Value?
    ) {
        self.name = name
        self.summary = summary
        self.syntax = syntax
        self.document = document
    }

    /// Writes a subject. R0701 for what the format cannot hold.
    package func emit(_ subject: Subject) -> Emitted? {
        guard let document = document(subject) else { return nil }
        var list: MachineList?
        let written: (output: Output, diagnostics: [Diagnostic])
        switch syntax(subject) {
        case .json(let isTemplated): written = JSONWriter.document(document, isTemplated: isTemplated)
        case .jsonOfMachines(let machines):
            list = machines
            written = JSONWriter.document(document, listing: machines)
        case .yaml(let header, let isTemplated):
            written = YAMLWriter.document(document, header: header, isTemplated: isTemplated)
        }
        return Emitted(output: written.output, document: document, list: list, diagnostics: written.diagnostics)
    }
}

/// What a subject was written as.
package struct Emitted: Sendable {
    /// The bytes, secrets by reference.
    package let output: Output
    /// The document that they say.
    package let document: Value
    /// The machines that it lists, if they are not in it.
    package let list: MachineList?
    package let diagnostics: [Diagnostic]
}

/// Every format that `resolve` writes. A new one adds its line here.
package enum Registry {
    package static let formats: [OutputFormat] = [
        .tfvars, .ansibleVariables, .specification, .manifest, .host, .roster, .pillar, .tops,
        .nodegroups, .inventory, .targets,
    ]

    /// The document that a subject becomes, before it is written.
    package static func document(of subject: Subject) -> Value? {
        formats.lazy.compactMap { $0.document(subject) }.first
    }

    /// The format of a subject.
    package static func emit(_ subject: Subject) -> Emitted {
        for format in formats {
            if let emitted = format.emit(subject) { return emitted }
        }
        return Emitted(output: Output(), document: Value(.null, .nowhere), list: nil, diagnostics: [])
    }
}

extension Value {
    /// Whether its text is data, whatever it looks like: a secret, or what says so. A password that stands in clear in another
    /// file was written as the template that it may be.
    var isNoTemplate: Bool {
        if origin.isRaw { return true }
        return if case .secret(let secret) = content { secret.file == nil } else { false }
    }
}
