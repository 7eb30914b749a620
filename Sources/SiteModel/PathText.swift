// Paths, as the system takes them: of bytes. To Swift's own searches a slash with an accent right behind it is another letter than
// a slash, and how many letters a text has is not how many bytes.

extension String {
    /// What stands between its slashes, where anything does.
    package var pathSteps: [Substring] { utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) } }

    /// What stands before, between and behind its slashes, be it nothing.
    package var slashedParts: [Substring] {
        utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { Substring($0) }
    }

    /// Whether there is a slash in it.
    package var hasSlash: Bool { utf8.contains(UInt8(ascii: "/")) }

    /// What stands behind that beginning; nil where another stands there.
    package func behind(_ beginning: String) -> String? {
        utf8.starts(with: beginning.utf8) ? String(Substring(utf8.dropFirst(beginning.utf8.count))) : nil
    }
}
