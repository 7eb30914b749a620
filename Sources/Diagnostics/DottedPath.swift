/// How a path of keys is spelt: with dots, a step that a dot or a quote would break in quotes: `ssh_keys."joe@host.lan"`.
package enum DottedPath {
    package static func text(_ steps: some Sequence<String>) -> String {
        var text = ""
        var isFirst = true
        for step in steps {
            if !isFirst { text += "." }
            isFirst = false
            let needsQuotes =
                step.isEmpty || step.utf8.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "\"") }
            guard needsQuotes else {
                text += step
                continue
            }
            text += "\""
            for letter in step { text += letter == "\"" || letter == "\\" ? "\\\(letter)" : String(letter) }
            text += "\""
        }
        return text
    }

    /// One step of a path as it is written.
    package struct Step: Equatable, Sendable {
        package let text: String
        /// In quotes: it means the text itself, whatever that is.
        package let isQuoted: Bool
    }

    /// The steps of a path; nil if it is malformed: `db.password`, `ssh_keys."joe@host.lan"`.
    package static func steps(of path: String) -> [Step]? {
        var steps: [Step] = []
        var rest = path[...]
        while true {
            if rest.first == "\"" {
                guard let quoted = takeQuoted(&rest) else { return nil }
                steps.append(Step(text: quoted, isQuoted: true))
            } else {
                let plain = rest.prefix { $0 != "." }
                guard !plain.isEmpty, !plain.contains("\"") else { return nil }
                steps.append(Step(text: String(plain), isQuoted: false))
                rest = rest[plain.endIndex...]
            }
            guard let dot = rest.first else { return steps }
            guard dot == "." else { return nil }
            rest.removeFirst()
        }
    }

    /// Takes a step in quotes, in which a backslash stands before a quote or another backslash.
    private static func takeQuoted(_ rest: inout Substring) -> String? {
        var step = ""
        var isEscaped = false
        for index in rest.indices.dropFirst() {
            let letter = rest[index]
            if isEscaped {
                step.append(letter)
                isEscaped = false
            } else if letter == "\\" {
                isEscaped = true
            } else if letter == "\"" {
                rest = rest[rest.index(after: index)...]
                return step
            } else {
                step.append(letter)
            }
        }
        return nil
    }
}
