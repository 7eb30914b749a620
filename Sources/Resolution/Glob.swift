private import Glibc
internal import SiteModel

/// A shell's pattern for minion ids: `*`, `?` and `[…]`, as Salt's globs, on the whole id.
struct Glob {
    private let pattern: String

    init(_ pattern: String) { self.pattern = pattern }

    /// Whether it stands for more than the id that it spells.
    var isPattern: Bool { pattern.utf8.contains { "*?[".utf8.contains($0) } }

    func matches(_ id: Key) -> Bool {
        isPattern ? unsafe fnmatch(pattern, id.text, FNM_NOESCAPE) == 0 : Key(pattern) == id
    }
}
