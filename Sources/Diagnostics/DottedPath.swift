/// How a path of keys is spelt: with dots, a step that a dot or a quote would break in quotes: `ssh_keys."joe@host.lan"`.
package enum DottedPath {
    package static func text(_ steps: some Sequence<String>) -> String {
        steps.map { step in
            let needsQuotes =
                step.isEmpty || step.utf8.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "\"") }
            guard needsQuotes else { return step }
            let escaped = step.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
            return "\"\(escaped)\""
        }.joined(separator: ".")
    }
}
