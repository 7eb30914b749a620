internal import SiteModel

// Where the binder is. Beside `Bind.swift`, which goes from place to place.

/// What holds where the binder is: the layer that values there belong to, how strongly they insist. The keys that lead there are
/// the binder's `steps`.
struct Place {
    var layer: Layer
    var strength = Strength.normal
    /// In a list: what stands there is no field.
    var isItem = false
    /// Somewhere in a list that has no names: what stands there has no name that stays.
    var isInList = false
    /// What stands there is shown or checked, and so cannot be a secret.
    var isShown = false
    /// What stands there, at any depth, is a password: it is behind a key that a roster has for one.
    var isOfPassword = false

    init(of kind: EntityKind) { layer = kind.layer }
}

extension Binder {
    /// Goes below a key of a map; `leave` goes back.
    mutating func enter(_ key: Key, _ place: Place) -> Place {
        var place = place
        let isInstance = place.layer == .hostGroup && isOnly("instances")
        if isInstance { place.layer = .instance }
        steps.append(key)
        place.isItem = false
        // The name of an instance says nothing of what it is.
        if !isInstance, !place.isOfPassword { place.isOfPassword = key.namesPassword }
        return place
    }

    /// Goes to an item of a list; `leave` goes back.
    mutating func enter(item index: Int, _ place: Place) -> Place {
        let (isOfVMs, isOfInstances) = (isOnly("vms"), isOnly("instances"))
        let isNamed = place.layer == .manifest && (isOnly("nodes") || isOnly("levels"))
        let around = place.layer
        var place = enter(Key(index), place)
        place.isItem = true
        if around == .env, isOfVMs {
            place.layer = .instance
        } else if around == .hostGroup, isOfInstances {
            place.layer = .instance
            place.isInList = true
        } else if !isNamed {
            place.isInList = true
        }
        return place
    }

    mutating func leave() { steps.removeLast() }

    private func isOnly(_ key: Key) -> Bool { steps.count == 1 && steps[0] == key }
}

extension EntityKind {
    /// The layer that its files are.
    fileprivate var layer: Layer {
        switch self {
        case .site: .site
        case .secrets: .secrets
        case .allocations: .allocations
        case .outputs: .outputs
        case .host: .host
        case .node: .node
        case .env: .env
        case .template: .template
        case .preset: .preset
        case .posture: .posture
        case .spec: .spec
        case .manifest: .manifest
        case .hostGroup: .hostGroup
        case .component: .component
        case .group: .group
        case .probe: .probe
        }
    }
}
