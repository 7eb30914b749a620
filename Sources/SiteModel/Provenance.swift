package import Diagnostics

/// One reference on the way to a value: a field of one file that leads to another, or into the secrets.
package struct Step: Sendable {
    package let field: Key
    /// Where the field stands; where it is absent, the start of the file that could have it.
    package let span: Span?
    /// Whether the field is written. Otherwise what holds without it led on.
    package let isWritten: Bool
    /// The file that it leads to, or the path of a secret.
    package let target: String

    package init(_ field: Key, at span: Span?, isWritten: Bool = true, to target: String) {
        self.field = field
        self.span = span
        self.isWritten = isWritten
        self.target = target
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
