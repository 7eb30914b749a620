package import Diagnostics

/// Which layer of a merge a value comes from, the weakest first.
package enum Layer: UInt8, Sendable, CaseIterable {
    /// What `resolve` itself supplies when nothing is written.
    case builtIn
    case site, node, preset, template, posture, env
    /// A VM's own entry in its env, or the command line's words about it.
    case instance
    /// What was computed from other values, such as `vmid_base` plus an index.
    case computed
}

/// How strongly a value insists on itself, whatever its layer: the nearer of two equals wins.
package enum Strength: UInt8, Sendable, Comparable {
    case fallback, normal, force

    package static func < (left: Strength, right: Strength) -> Bool { left.rawValue < right.rawValue }
}

/// Where a value came from. Small, since every value of a site has one: the story is told only when it is asked for.
package struct Origin: Sendable {
    /// Where it is written; nil if nowhere.
    package var span: Span?
    package var layer: Layer
    package var strength = Strength.normal

    package init(_ span: Span?, _ layer: Layer, strength: Strength = .normal) {
        self.span = span
        self.layer = layer
        self.strength = strength
    }

    package static let builtIn = Origin(nil, .builtIn)
    package static let computed = Origin(nil, .computed)
}
