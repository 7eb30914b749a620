private import Glibc

/// A shell's pattern for minion ids: `*`, `?` and `[…]`, as Salt's globs, on the whole id.
package struct Glob {
    private let pattern: String

    package init(_ pattern: String) { self.pattern = pattern }

    /// Whether it stands for more than the id that it spells.
    package var isPattern: Bool { pattern.utf8.contains { "*?[".utf8.contains($0) } }

    package func matches(_ id: Key) -> Bool {
        isPattern ? unsafe fnmatch(pattern, id.text, FNM_NOESCAPE) == 0 : Key(pattern) == id
    }
}
