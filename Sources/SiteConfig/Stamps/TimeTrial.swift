internal import SystemPackage

/// Tries whether a file system gives each change of a file a time of its own.
///
/// Most tell the time in ticks of some milliseconds, so that of two changes within one the second does not show. Since 6.13 Linux
/// gives a change that comes after somebody has looked at the file a time between the ticks (multigrain timestamps). That is not
/// asked of the system but seen: a file is looked at, changed, and looked at again, all within one tick.
public struct TimeTrial: Sendable {
    private let moment = DiskStatus.now
    private let first: DiskStatus?

    /// - Parameter file: the descriptor of a file that nobody else knows, which is about to be changed.
    public init(_ file: Int32) { first = DiskStatus(of: FileDescriptor(rawValue: file)) }

    /// The device on which changes were told apart; nil if that was not seen.
    ///
    /// - Parameter file: the same, changed meanwhile.
    public func device(of file: Int32) -> UInt64? {
        guard let first, let second = DiskStatus(of: FileDescriptor(rawValue: file)), DiskStatus.now == moment,
            first.changed < second.changed, first.modified < second.modified
        else { return nil }
        return second.device
    }
}
