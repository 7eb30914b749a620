/// The VMs of an env, each left in its two parts: what its own entry says, and what it shares with others. That is all that the
/// bytes of an output need; to put each VM together first was a fourth of a build of many.
@usableFromInline package protocol MachineRows: AnyObject, Sendable {
    var count: Int { get }
    subscript(index: Int) -> MachineRow { get }
    /// The names of those that have one.
    var names: [String] { get }
}

/// A list of machines in a document that is there but for its items.
package struct MachineList: Sendable {
    /// The field of the document that is the list.
    package let key: Key
    package let machines: any MachineRows

    package init(_ key: Key, _ machines: any MachineRows) {
        self.key = key
        self.machines = machines
    }
}

/// One of them, as `MachineRows` lends it.
@usableFromInline package struct MachineRow: Sendable {
    /// What it shares with others; nil where it is a whole of its own.
    @usableFromInline package let shared: SharedFields?
    /// What its own entry says; what that chooses a template by is no field of the VM. All that it is, if it shares nothing.
    @usableFromInline package let own: Fields
    /// The number that is counted from its env's, where neither of them says one.
    @usableFromInline package let number: (value: Int, origin: Origin)?
    /// Nil where it is a whole of its own.
    @usableFromInline package let token: Value?

    /// A VM that is put together.
    package init(whole: Fields) {
        shared = nil
        own = whole
        number = nil
        token = nil
    }

    /// - Parameter own: has at most `most` entries, as has what is shared.
    package init(_ own: Fields, over shared: SharedFields, number: (value: Int, origin: Origin)?, token: Value) {
        // Better no output than one without a field.
        precondition(own.count <= Self.most && shared.fields.count <= Self.most)
        self.own = own
        self.shared = shared
        self.number = number
        self.token = token
    }

    /// More entries than that are not told from each other by the bits of a word.
    @inlinable package static var most: Int { 64 }

    /// Calls a body with the key, what it has and whence, of each of its own fields in order, and another with the places of those
    /// that it shares.
    @inlinable @inline(__always)
    package func forEach(shared body: (Range<Int>) -> Void, own: (Key, Value.Content, Origin) -> Void) {
        guard let shared else { return self.own.forEach(own) }
        let entries = self.own.own.span
        let list = shared.fields.own
        let below = list.span
        var (replaced, added): (UInt64, UInt64) = (0, 0)
        for index in entries.indices where !FieldTable.isChooser(entries[index].key) {
            if let place = shared.fields.place(of: entries[index].key) {
                replaced |= 1 &<< UInt64(place)
            } else {
                added |= 1 &<< UInt64(index)
            }
        }
        var next = 0
        while replaced != 0 {
            let place = replaced.trailingZeroBitCount
            replaced &= replaced &- 1
            if next < place { body(next..<place) }
            next = place + 1
            if let index = self.own.place(of: below[place].key) {
                own(entries[index].key, entries[index].content, entries[index].origin)
            }
        }
        if next < below.count { body(next..<below.count) }
        while added != 0 {
            let index = added.trailingZeroBitCount
            added &= added &- 1
            own(entries[index].key, entries[index].content, entries[index].origin)
        }
        forEachFilled(own)
    }

    /// The same of what stands in none of its parts: its number, what fills in for what neither says, its token.
    @inlinable @inline(__always)
    package func forEachFilled(_ body: (Key, Value.Content, Origin) -> Void) {
        if let number { body("vmid", .integer(number.value), number.origin) }
        let defaults = shared?.fallbacks ?? []
        let fallbacks = defaults.span
        for index in fallbacks.indices where own.place(of: fallbacks[index].key) == nil {
            body(fallbacks[index].key, fallbacks[index].content, fallbacks[index].origin)
        }
        if let token { body("auth_token", token.content, token.origin) }
    }
}
