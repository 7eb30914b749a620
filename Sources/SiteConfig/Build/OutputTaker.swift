internal import Diagnostics

/// Whoever writes what a build makes: it takes each output as soon as that is compiled, so that not all of them are held until the
/// last one is (ARCHITECTURE, *Outputs wait beside their targets*).
public protocol OutputTaker: Sendable {
    /// Takes the bytes of an output, if it can; then the build lets go of them. Called on any thread.
    ///
    /// The build may still turn out to be wrong: until it is done, nothing may take the place of any file.
    ///
    /// - Parameters:
    ///   - path: from the site's folder.
    ///   - bytes: wiped behind the call, if there are secrets in them.
    func take(_ path: String, _ bytes: Swift.Span<UInt8>, holdsSecrets: Bool) -> Bool

    /// Throws away what it took: all of it will be compiled again.
    func discard()
}

/// Tells whether a file has the bytes that were written into it, without keeping them: a sum that is another one in each run of the
/// program. It finds what happens by chance; whoever could choose the bytes could change the site itself.
public struct OutputSum: Equatable, Sendable {
    /// How long the pieces are that are added, but for the last.
    public static let pieceSize = 1 << 16

    private var sum = Self.seed
    private var count = 0

    private static let seed = UInt64(truncatingIfNeeded: Hasher().finalize())

    /// Of nothing so far.
    public init() {}

    /// Of all of these bytes.
    public init(of bytes: Swift.Span<UInt8>) {
        for start in stride(from: 0, to: bytes.count, by: Self.pieceSize) {
            add(bytes.extracting(start..<min(start + Self.pieceSize, bytes.count)))
        }
    }

    /// Adds the next piece.
    public mutating func add(_ piece: Swift.Span<UInt8>) {
        sum = HashedPlaces.hash(long: piece, seed: sum)
        count += piece.count
    }
}
