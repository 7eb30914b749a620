package import Diagnostics
package import SiteModel

/// The entities that a compile target needs, and the means to follow their references.
package struct LinkedSite: Sendable {
    package let catalogue: Catalogue
    package let entities: [EntityID: BoundEntity]
    package let secrets: SecretsState
    package let strictness: Strictness

    package init(
        catalogue: Catalogue, entities: [EntityID: BoundEntity], secrets: SecretsState, strictness: Strictness
    ) {
        self.catalogue = catalogue
        self.entities = entities
        self.secrets = secrets
        self.strictness = strictness
    }

    /// The entity that `name` means; nil if it does not exist or could not be read, which has been reported.
    package func entity(_ name: Key, _ order: SearchOrder) -> BoundEntity? {
        catalogue.place(name, order).flatMap { entities[$0.id] }
    }

    /// `site.yaml`'s `defaults`; empty if there are none.
    package var defaults: Fields { entities[.site]?.fields["defaults"]?.map ?? Fields() }
}

/// What is known of the site's secrets.
package enum SecretsState: Sendable {
    /// The keys are readable.
    case keys(Fields)
    /// There is no file with secrets.
    case absent
    /// There is one, wholly encrypted and not opened: references into it are not checked.
    case unchecked
    /// There is one, but it cannot be read; why has been reported.
    case unreadable
}

/// Which references of the loaded entities a compile target follows.
package enum Scope: Sendable {
    /// An env's VMs on a node.
    case deployment
    /// A posture's Ansible variables.
    case variables
    /// All of them.
    case everything

    /// The searches that a reference leads to in this scope; none if the target does not need it.
    package func searches(_ reference: Reference) -> [SearchOrder] {
        switch (self, reference.order.kind) {
        case (.variables, .posture): [.postureForVariables]
        case (.variables, _): []
        case (.deployment, .posture): [.postureForAuth]
        case (.everything, .posture): [.postureForAuth, .postureForVariables]
        default: [reference.order]
        }
    }

    /// Whether the target reads what the reference names, or only wants it to exist.
    package func reads(_ kind: EntityKind) -> Bool {
        switch self {
        case .everything: true
        case .deployment: [.template, .preset, .posture].contains(kind)
        case .variables: kind == .posture
        }
    }
}
