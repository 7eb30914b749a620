package import Diagnostics

/// Which layer of a merge a value comes from.
package enum Layer: UInt8, Sendable, CaseIterable {
    /// What `resolve` itself supplies when nothing is written.
    case builtIn
    case site, secrets, node, host, preset, template, posture, env, spec, component, hostGroup, group, probe, manifest
    /// A VM's own entry in its env.
    case instance
    case commandLine

    /// As an explanation says it.
    package var name: String {
        switch self {
        case .builtIn: "default"
        case .hostGroup: "host group"
        case .commandLine: "command line"
        case .site: "site"
        case .secrets: "secrets"
        case .node: "node"
        case .host: "host"
        case .preset: "preset"
        case .template: "template"
        case .posture: "posture"
        case .env: "env"
        case .spec: "spec"
        case .component: "component"
        case .group: "group"
        case .probe: "probe"
        case .manifest: "manifest"
        case .instance: "instance"
        }
    }
}

/// How strongly a value insists on itself, whatever its layer: the nearer of two equals wins.
package enum Strength: UInt8, Sendable, Comparable {
    /// What `resolve` itself supplies gives way to anything that is written.
    case supplied
    /// `!default`: gives way to any value that does not.
    case fallback
    case normal
    /// `!force`
    case force

    package static func < (left: Strength, right: Strength) -> Bool { left.rawValue < right.rawValue }
}

/// What a tag says about merging (DESIGN §3).
package enum MergeTag: UInt8, Sendable, CaseIterable {
    case append, union, deep, replace
    case `default`, force
    case unset

    /// The rule that it asks for; nil if it is none of those.
    package var rule: MergeRule? {
        switch self {
        case .append: .append
        case .union: .union
        case .deep: .deep
        case .replace: .replace
        case .default, .force, .unset: nil
        }
    }

    package var strength: Strength? {
        switch self {
        case .default: .fallback
        case .force: .force
        default: nil
        }
    }

    /// One sentence for the documentation.
    package var summary: String {
        switch self {
        case .append: "before a list: it is joined to what is inherited, every item kept"
        case .union: "before a list: it is joined to what is inherited, each item once"
        case .deep: "before a map: it is merged with what is inherited, key by key"
        case .replace: "it replaces what is inherited, where the field's rule is another"
        case .default: "it gives way to any value without the tag, in whatever layer; in a deep field, leaf by leaf"
        case .force: "it beats any value without the tag, in whatever layer, !unset too; in a deep field, leaf by leaf"
        case .unset: "it removes what is inherited, and has no value; what resolve itself supplies stays"
        }
    }

    /// As it is written.
    package var text: String {
        switch self {
        case .append: "!append"
        case .union: "!union"
        case .deep: "!deep"
        case .replace: "!replace"
        case .default: "!default"
        case .force: "!force"
        case .unset: "!unset"
        }
    }
}

/// Where a value came from. Small, since every value of a site has one: the story is told only when it is asked for.
package struct Origin: Sendable {
    /// Where it is written; nil if nowhere.
    package var span: Span?
    package var layer: Layer
    /// Its own, or that of the map around it.
    package var strength = Strength.normal
    /// The tag on this very value.
    package var tag: MergeTag?

    package init(_ span: Span?, _ layer: Layer, strength: Strength = .normal, tag: MergeTag? = nil) {
        self.span = span
        self.layer = layer
        self.strength = strength
        self.tag = tag
    }

    package static let builtIn = Origin(nil, .builtIn, strength: .supplied)
    /// Of what only holds other values together, or is made for an output.
    package static let nowhere = Origin(nil, .builtIn)
    /// What the command line says beats all that is written.
    package static let commandLine = Origin(nil, .commandLine, strength: .force)
}

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
