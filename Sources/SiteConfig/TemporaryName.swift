/// What a file is called that waits beside its target to take its place: `.NAME.resolve-OWNER.tmp`. Taken apart as bytes, for a name
/// may begin with an accent, which to Swift makes another letter of the point before it.
public struct TemporaryName: Sendable {
    /// The name of the file that it is to become.
    public let target: String
    /// Whose it is, of letters, digits and `-`.
    public let owner: String

    /// The name of a file that is to become another.
    public init(of target: String, by owner: String) {
        self.target = target
        self.owner = owner
    }

    /// Nil for the name of any other file.
    public init?(_ name: some StringProtocol) {
        let letters = Array(name.utf8)
        guard letters.first == UInt8(ascii: "."), letters.suffix(Self.end.count).elementsEqual(Self.end) else {
            return nil
        }
        let inner = letters.dropFirst().dropLast(Self.end.count)
        let starts = inner.indices.reversed().lazy.filter { inner[$0...].starts(with: Self.mark) }
        guard let start = starts.first else { return nil }
        target = String(decoding: inner[..<start], as: UTF8.self)
        owner = String(decoding: inner[(start + Self.mark.count)...], as: UTF8.self)
    }

    /// The name itself.
    public var text: String { ".\(target)\(String(decoding: Self.mark + owner.utf8 + Self.end, as: UTF8.self))" }

    private static let mark = Array(".resolve-".utf8)
    private static let end = Array(".tmp".utf8)
}
