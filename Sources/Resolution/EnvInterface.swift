internal import Diagnostics
internal import SiteModel

/// What the rest of a site can see of an env: all that its file says, but for those fields of its VMs that are theirs alone
/// (`Field.isLocal`).
///
/// While that stays the same, every check across files finds what it found before, and no output but those of the env's own VMs
/// becomes another. So it errs on one side only: whatever is not known to be a VM's own is a part of it.
package struct EnvInterface: ~Copyable {
    /// What it says, for a digest: each value with its kind before, and its length or its end, so that no two read alike.
    private var bytes = ByteWriter()

    /// Nil for an env whose meaning is not in its own file alone, or not in its values alone: one that extends others, has tags
    /// that speak of merging, takes numbers from pools, or has a password in clear. (What only comments say is the caller's.)
    package init?(of env: BoundEntity) {
        guard env.parents.isEmpty, env.tags.isEmpty, env.allocations.isEmpty, env.passwords.isEmpty,
            env.fields.base == nil, env.fields.removed.isEmpty
        else { return nil }
        append(UInt8(ascii: "e"), env.fields.entries.count)
        for entry in env.fields.entries {
            append(entry.key)
            if entry.key == "vms", let vms = entry.value.list {
                append(UInt8(ascii: "l"), vms.count)
                let vms = vms.span
                for index in vms.indices { append(vm: vms[index]) }
            } else {
                append(entry.value)
            }
        }
    }

    /// Lends it.
    package func withBytes<Result>(_ body: (Swift.Span<UInt8>) -> Result) -> Result { bytes.withBytes(body) }

    private mutating func append(vm value: Value) {
        guard case .map(let fields) = value.content, fields.base == nil else { return append(value) }
        bytes.append(UInt8(ascii: "v"))
        fields.forEachOwn { place, key, kind, origin in
            guard !isLocal(key, kind, origin) else { return }
            append(key)
            append(fields.content(at: place), origin)
        }
        // Where a key would stand.
        bytes.append(UInt8(ascii: "."))
    }

    /// Whether an entry of a VM is its own: a plain number or text in a field that is.
    private func isLocal(_ key: Key, _ kind: Value.Kind, _ origin: Origin) -> Bool {
        switch kind {
        case .integer, .float, .string: !origin.isRaw && Self.locals.contains(key)
        default: false
        }
    }

    private static let locals = FieldTable.vm.fields.filter(\.isLocal).flatMap { [$0.name, $0.formerName] }.compactMap(
        \.self)

    private mutating func append(_ value: Value) { append(value.content, value.origin) }

    private mutating func append(_ content: Value.Content, _ origin: Origin) {
        if origin.isRaw { bytes.append(UInt8(ascii: "!")) }
        switch content {
        case .null: append(UInt8(ascii: "0"), 0)
        case .bool(let bool): append(UInt8(ascii: "b"), bool ? 1 : 0)
        case .integer(let number): append(UInt8(ascii: "i"), number)
        case .bigInteger(let digits): append(UInt8(ascii: "I"), digits)
        case .float(let number): append(UInt8(ascii: "f"), Int(bitPattern: UInt(number.bitPattern)))
        case .string(let text): append(UInt8(ascii: "s"), text)
        case .list(let items):
            append(UInt8(ascii: "l"), items.count)
            for item in items { append(item) }
        case .map(let fields):
            append(UInt8(ascii: "m"), fields.entries.count)
            for entry in fields.entries {
                append(entry.key)
                append(entry.value)
            }
        case .secret(let secret): append(UInt8(ascii: "x"), "\(secret.path) \(secret.type.rawValue)")
        case .pooled(let pool): append(UInt8(ascii: "p"), pool.text)
        }
    }

    private mutating func append(_ key: Key) {
        append(UInt8(ascii: "k"), key.count)
        bytes.append(key)
    }

    private mutating func append(_ kind: UInt8, _ text: String) {
        append(kind, text.utf8.count)
        bytes.append(text)
    }

    private mutating func append(_ kind: UInt8, _ number: Int) {
        bytes.append(kind)
        var rest = UInt64(bitPattern: Int64(number))
        // Small numbers are one byte: there are many.
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}
