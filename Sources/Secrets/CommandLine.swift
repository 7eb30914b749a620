/// Splits a command into words as a shell would, without being one: quotes and backslashes, nothing else.
enum CommandLine {
    /// The words; nil if a quote is not closed.
    static func split(_ text: String) -> [String]? {
        var words: [String] = []
        var word: String.UnicodeScalarView?
        var quote: Unicode.Scalar?
        var isEscaped = false
        func append(_ letter: Unicode.Scalar) {
            var longer = word ?? String.UnicodeScalarView()
            longer.append(letter)
            word = longer
        }
        for letter in text.unicodeScalars {
            if isEscaped {
                // In double quotes a backslash is itself before most letters.
                if quote == "\"", letter != "\"", letter != "\\" { append("\\") }
                append(letter)
                isEscaped = false
            } else if letter == "\\", quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if letter == open { quote = nil } else { append(letter) }
            } else if letter == "'" || letter == "\"" {
                quote = letter
                word = word ?? String.UnicodeScalarView()
            } else if letter == " " || ("\t"..."\r").contains(letter) {
                if let complete = word { words.append(String(complete)) }
                word = nil
            } else {
                append(letter)
            }
        }
        guard quote == nil, !isEscaped else { return nil }
        return words + (word.map { [String($0)] } ?? [])
    }
}
