/// How much a finding weighs: an error stops the output, a warning does not, a note asks for nothing.
package enum Severity: String, Sendable, Comparable {
    case error
    case warning
    case note

    private var rank: Int {
        switch self {
        case .error: 0
        case .warning: 1
        case .note: 2
        }
    }

    package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
}

/// A place, and what is to be said of it there.
package struct Label: Hashable, Sendable {
    package let span: Span
    package let text: String

    package init(_ span: Span, _ text: String) {
        self.span = span
        self.text = text
    }
}

/// One change of the text: what stands at `span` becomes `replacement`.
package struct Edit: Hashable, Sendable {
    package let span: Span
    package let replacement: String

    package init(_ span: Span, _ replacement: String) {
        self.span = span
        self.replacement = replacement
    }
}

/// A change that removes the diagnostic it is attached to (tested by applying it).
package struct FixIt: Hashable, Sendable {
    package let title: String
    package let edits: [Edit]

    package init(_ title: String, _ edits: [Edit]) {
        self.title = title
        self.edits = edits
    }
}

/// One finding: what is wrong, where, why, and what to do.
///
/// Never holds the plaintext of a secret. What stands in a secret source is not quoted in `message`, `notes` or `help`;
/// the renderers show neither its lines nor its columns.
package struct Diagnostic: Hashable, Sendable {
    package var code: Code
    package var severity: Severity
    /// One sentence without a full stop, in lower case: what is wrong.
    package var message: String
    /// Where; nil for what the command line asked and the site lacks.
    package var primary: Label?
    /// Other places that took part.
    package var related: [Label] = []
    package var notes: [String] = []
    package var help: String?
    package var fixes: [FixIt] = []
    /// A secret stands at the place, though the file should hold none: the line is not shown.
    package var hidesText = false

    package init(
        _ code: Code, _ severity: Severity, _ message: String, at span: Span?, _ label: String = "",
        related: [Label] = [], notes: [String] = [], help: String? = nil, fixes: [FixIt] = []
    ) {
        self.code = code
        self.severity = severity
        self.message = message
        primary = span.map { Label($0, label) }
        self.related = related
        self.notes = notes
        self.help = help
        self.fixes = fixes
    }

    /// An error.
    package init(
        _ code: Code, _ message: String, at span: Span?, _ label: String = "", related: [Label] = [],
        notes: [String] = [], help: String? = nil, fixes: [FixIt] = []
    ) {
        self.init(code, .error, message, at: span, label, related: related, notes: notes, help: help, fixes: fixes)
    }
}

extension Diagnostic {
    /// The same about sources that have other numbers.
    package func moved(_ place: (SourceID) -> SourceID) -> Diagnostic {
        func moved(_ span: Span) -> Span { Span(source: place(span.source), start: span.start, end: span.end) }
        var other = self
        other.primary = primary.map { Label(moved($0.span), $0.text) }
        other.related = related.map { Label(moved($0.span), $0.text) }
        other.fixes = fixes.map { FixIt($0.title, $0.edits.map { Edit(moved($0.span), $0.replacement) }) }
        return other
    }

    /// The same without the line and without edits, if a secret stands there though the file should hold none.
    package func hiding(_ isSecret: Bool) -> Diagnostic {
        guard isSecret else { return self }
        var hidden = self
        hidden.hidesText = true
        hidden.fixes = []
        return hidden
    }
}

extension [Diagnostic] {
    package var hasErrors: Bool { contains { $0.severity == .error } }

    /// In the order in which they are shown: by file and place, each once. Findings without a place come first.
    package func sorted(in sources: SourceMap) -> [Diagnostic] {
        let keyed = map { diagnostic in
            (
                path: diagnostic.primary.map { sources[$0.span.source].path } ?? "",
                start: diagnostic.primary?.span.start ?? 0, diagnostic: diagnostic
            )
        }
        let ordered = keyed.sorted { left, right in
            if left.path != right.path { return left.path.utf8.lexicographicallyPrecedes(right.path.utf8) }
            if left.start != right.start { return left.start < right.start }
            if left.diagnostic.code.id != right.diagnostic.code.id {
                return left.diagnostic.code.id < right.diagnostic.code.id
            }
            return left.diagnostic.message < right.diagnostic.message
        }
        // Equals stand side by side, and hardly any two others are at one place.
        var seen: Set<Diagnostic> = []
        var distinct: [Diagnostic] = []
        distinct.reserveCapacity(ordered.count)
        for (index, next) in ordered.enumerated() {
            func isBeside(_ other: Int) -> Bool {
                ordered.indices.contains(other) && ordered[other].start == next.start
                    && ordered[other].path == next.path
            }
            let isFirst = !isBeside(index - 1)
            if isFirst, !isBeside(index + 1) {
                distinct.append(next.diagnostic)
                continue
            }
            if isFirst { seen.removeAll(keepingCapacity: true) }
            if seen.insert(next.diagnostic).inserted { distinct.append(next.diagnostic) }
        }
        return distinct
    }
}
