/// A password in a URL, or in what stands for one: `https://user:password@host/`, `user:password@host:9115`.
package enum URLPassword {
    /// Whether there is one, so that no message may quote the text.
    package static func isIn(_ text: String) -> Bool {
        guard text.utf8.contains(UInt8(ascii: "@")) else { return false }
        let mark = text.firstRange(of: "://")
        // A text of several words is none, unless a URL stands in it.
        guard mark != nil || !text.utf8.contains(UInt8(ascii: " ")) else { return false }
        // Where there is no scheme, what is before the path may still be a user and a password.
        let rest = mark.map { text[$0.upperBound...] } ?? text.drop { $0 == "/" }
        let authority = rest.prefix { !"/?#".contains($0) }
        guard authority.contains("@") else { return false }
        return authority.split(separator: "@", omittingEmptySubsequences: false)[0].contains(":")
    }
}
