package import Diagnostics

/// One reference on the way to a value: a field of one file that leads to another, or into the secrets.
package struct Step: Sendable {
    package let field: Key
    /// Where the field stands; where it is absent, the start of the file that could have it.
    package let span: Span?
    /// Whether the field is written. Otherwise what holds without it led on.
    package let isWritten: Bool
    private let end: End

    private enum End: Sendable {
        case file(String)
        /// The keys that lead to a secret: they are seldom wanted as text.
        case secret([Key])
    }

    /// The file that it leads to, or the path of a secret.
    package var target: String {
        switch end {
        case .file(let path): path
        case .secret(let steps): SecretRef.path(steps)
        }
    }

    package init(_ field: Key, at span: Span?, isWritten: Bool = true, to target: String) {
        self.field = field
        self.span = span
        self.isWritten = isWritten
        end = .file(target)
    }

    package init(_ field: Key, at span: Span?, toSecret steps: [Key]) {
        self.field = field
        self.span = span
        isWritten = true
        end = .secret(steps)
    }
}

/// How a file came to take part in an output: the last step there. The steps before it are those of the step's own file.
package struct Lineage: Sendable {
    package let source: SourceID
    package let step: Step

    package init(_ source: SourceID, _ step: Step) {
        self.source = source
        self.step = step
    }
}

/// By what a field has its value.
package enum Rule: Sendable, Equatable {
    /// The merge of its layers.
    case merge(MergeRule)
    /// What nothing nearer said was filled in.
    case whenAbsent
    /// It is the name of its file.
    case fileName
    /// It is a list of which each item was merged from layers of its own.
    case ofItems
    /// A number that counts from the value of another field: `vmid_base` + 2.
    case offset(from: Key, Int)
    /// It follows from another value, in these words.
    case derived(String)

    package var text: String {
        switch self {
        case .merge(let rule): rule.rawValue
        case .whenAbsent: "when absent"
        case .fileName: "the file's name"
        case .ofItems: MergeRule.replace.rawValue
        case .offset(let field, let count): "\(field) + \(count)"
        case .derived(let words): words
        }
    }
}
