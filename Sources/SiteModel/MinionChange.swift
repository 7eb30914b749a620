/// What became of a minion between two states of a site.
///
/// A machine is known by its address and port: what is at the same place under another id was renamed, and answers to
/// another pillar from now on.
package enum MinionChange: Sendable {
    case added(Minion)
    case removed(Minion)
    case renamed(from: Minion, to: Minion)
    /// The same id, at another address.
    case moved(from: Minion, to: Minion)

    /// The changes, by the ids that there are now, then those that are gone.
    package static func all(from old: [Minion], to new: [Minion]) -> [MinionChange] {
        let oldPlaces = Dictionary(old.compactMap { minion in minion.place.map { ($0, minion) } }) { first, _ in first }
        let oldIDs = Dictionary(old.map { ($0.id, $0) }) { first, _ in first }
        let newPlaces = Set(new.compactMap(\.place))
        let newIDs = Set(new.map(\.id))
        var renamed: Set<Key> = []
        var changes: [MinionChange] = []
        for minion in new.inOrder {
            if let before = minion.place.flatMap({ oldPlaces[$0] }) {
                guard before.id != minion.id else { continue }
                renamed.insert(before.id)
                changes.append(.renamed(from: before, to: minion))
            } else if let before = oldIDs[minion.id] {
                let isElsewhere = before.place.map(newPlaces.contains) == true
                // Its machine has another name now, so this is another machine under its name.
                if isElsewhere {
                    changes.append(.added(minion))
                } else if before.place != minion.place {
                    changes.append(.moved(from: before, to: minion))
                }
            } else {
                changes.append(.added(minion))
            }
        }
        let taken = Set(changes.compactMap(\.takenID))
        let gone = old.inOrder.filter { minion in
            guard !renamed.contains(minion.id), minion.place.map(newPlaces.contains) != true else { return false }
            // What has lost its place, and whose id there is no more or another machine took.
            return !newIDs.contains(minion.id) || taken.contains(minion.id)
        }
        return changes + gone.map { .removed($0) }
    }

    /// The id that another machine has now; nil if none has.
    private var takenID: Key? { if case .renamed(_, let minion) = self { minion.id } else { nil } }
}

extension Minion {
    /// Where it is reached; nil if it has no address.
    package var place: MinionPlace? {
        guard let host = host?.value.string, let address = HostAddress(host) else { return nil }
        let gateways = (ssh["ssh_options"]?.list ?? []).compactMap(\.string).filter { option in
            ["proxyjump", "proxycommand"].contains { option.lowercased().hasPrefix($0) }
        }
        return MinionPlace(address: address, port: ssh["port"]?.integer ?? 22, gateways: gateways.map { Key($0) })
    }
}

/// An address, the port of ssh there, and the gateways that lead to it: behind others it is another machine's.
package struct MinionPlace: Hashable, Sendable {
    package let address: HostAddress
    package let port: Int
    package let gateways: [Key]
}
