internal import Diagnostics
internal import Emitters
internal import Resolution
internal import Secrets
internal import YAMLSyntax

/// The pages of all diagnostic codes: what `resolve help CODE` prints.
enum CodePage {
    /// Every code, by number.
    static let all: [Code] =
        (Code.ofYAMLSyntax + Code.ofResolution + Code.ofEmitters + Code.ofSecrets + Code.ofSiteConfig).sorted {
            $0.id < $1.id
        }

    static func text(for id: String) -> String? {
        let number = id.uppercased()
        guard let code = all.first(where: { $0.id == number }) else { return nil }
        let example = code.page.example.split(separator: "\n", omittingEmptySubsequences: false)
        let indented = example.map { $0.isEmpty ? "" : "    \($0)" }.joined(separator: "\n")
        return """
            \(code.id): \(code.page.title)

            \(wrapped(code.page.explanation))

            Example:

            \(indented.terminalSafe)

            What to do: \(wrapped(code.page.fix, from: 12))

            """
    }

    /// The text in lines of at most 80 characters, the first one beginning at a column.
    private static func wrapped(_ text: String, from start: Int = 0) -> String {
        var lines: [String] = []
        var line = ""
        for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            let used = line.count + (lines.isEmpty ? start : 0)
            if line.isEmpty {
                line = String(word)
            } else if used + 1 + word.count <= 80 {
                line += " " + word
            } else {
                lines.append(line)
                line = String(word)
            }
        }
        return (lines + [line]).joined(separator: "\n")
    }
}
