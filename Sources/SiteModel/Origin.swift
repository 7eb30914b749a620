public import Diagnostics

/// Which layer of a merge a value comes from.
@usableFromInline package enum Layer: UInt8, Sendable, CaseIterable {
    /// What `resolve` itself supplies when nothing is written.
    case builtIn
    case site, secrets, allocations, outputs, node, host, preset, template, posture, env, spec, component, hostGroup,
        group,
        probe, manifest
    /// A VM's own entry in its env.
    case instance
    case commandLine

    /// As an explanation says it.
    @usableFromInline package var name: String {
        switch self {
        case .builtIn: "default"
        case .hostGroup: "host group"
        case .commandLine: "command line"
        case .site: "site"
        case .secrets: "secrets"
        case .allocations: "allocations"
        case .outputs: "resolve.yaml"
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
@usableFromInline package enum Strength: UInt8, Sendable, Comparable, CaseIterable {
    /// What `resolve` itself supplies gives way to anything that is written.
    case supplied
    /// `!default`: gives way to any value that does not.
    case fallback
    case normal
    /// `!force`
    case force

    /// The tag that says it; nil if none has to.
    @usableFromInline package var tag: MergeTag? {
        switch self {
        case .fallback: .default
        case .force: .force
        case .supplied, .normal: nil
        }
    }

    @inlinable package static func < (left: Strength, right: Strength) -> Bool { left.rawValue < right.rawValue }
}

/// Where a value came from. Small, since every value of a site has one: the story is told only when it is asked for.
@usableFromInline package struct Origin: Sendable {
    @usableFromInline var place: Place
    @usableFromInline package var layer: Layer
    /// Its own, or that of the map around it.
    @usableFromInline package var strength = Strength.normal
    /// The tag on this very value.
    @usableFromInline package var tag: MergeTag?
    /// Whether it is tagged `!raw`: text that looks like a template and is none.
    package var isRaw = false

    @inlinable package init(_ span: Span?, _ layer: Layer, strength: Strength = .normal, tag: MergeTag? = nil) {
        place = Place(span)
        self.layer = layer
        self.strength = strength
        self.tag = tag
    }

    /// Where it is written; nil if nowhere.
    package var span: Span? {
        @inlinable get { place.span }
        @inlinable set { place = Place(newValue) }
    }

    package static let builtIn = Origin(nil, .builtIn, strength: .supplied)
    /// Of what only holds other values together, or is made for an output.
    package static let nowhere = Origin(nil, .builtIn)
    /// What the command line says beats all that is written.
    package static let commandLine = Origin(nil, .commandLine, strength: .force)
}

/// A span, or none, in the twelve bytes of a span.
@usableFromInline struct Place: Sendable {
    @usableFromInline let source: UInt32
    @usableFromInline let start: UInt32
    @usableFromInline let end: UInt32

    @inlinable init(_ span: Span?) {
        source = span?.source.index ?? .max
        start = span?.start ?? 0
        end = span?.end ?? 0
    }

    @inlinable var span: Span? {
        source == .max ? nil : Span(source: SourceID(index: source), start: start, end: end)
    }
}
