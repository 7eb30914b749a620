package import Diagnostics
package import SiteModel

/// What a compile target comes to, before it takes a tool's format.
package enum Subject: Sendable {
    case deployment(Deployment)
    case variables(MachineVariables)
    case specification(Specification)
    case manifest(ManifestGraph, ManifestGraph.Form)
    case host(HostAccess)
}

/// A tool's format: how a subject becomes a document.
package struct OutputFormat: Sendable {
    /// The command that writes it.
    package let name: String
    package let summary: String
    /// The document, or nil for a subject of another kind.
    let document: @Sendable (Subject) -> Value?

    /// The bytes, secrets by reference. R0701 for what the format cannot hold.
    package func emit(_ subject: Subject) -> (output: Output, diagnostics: [Diagnostic])? {
        document(subject).map { JSONWriter.document($0) }
    }
}

/// Every format that `resolve` writes. A new one adds its line here.
package enum Registry {
    package static let formats: [OutputFormat] = [
        .tfvars, .ansibleVariables, .specification, .manifest, .host,
    ]

    /// The document that a subject becomes, before it is written.
    package static func document(of subject: Subject) -> Value? {
        formats.lazy.compactMap { $0.document(subject) }.first
    }

    /// The format of a subject.
    package static func emit(_ subject: Subject) -> (output: Output, diagnostics: [Diagnostic]) {
        for format in formats {
            if let emitted = format.emit(subject) { return emitted }
        }
        return (Output(), [])
    }
}
