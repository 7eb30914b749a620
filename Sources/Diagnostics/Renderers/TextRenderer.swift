/// Diagnostics for people: the message, the place with its line, notes, help (DESIGN §10).
package struct TextRenderer {
    private let sources: SourceMap
    private let colour: Bool
    private var tables: LineTables

    package init(sources: SourceMap, colour: Bool) {
        self.sources = sources
        self.colour = colour
        tables = LineTables(sources)
    }

    /// All of `diagnostics`, in the order given, an empty line between two.
    package mutating func render(_ diagnostics: [Diagnostic]) -> String {
        var blocks: [String] = []
        for diagnostic in diagnostics { blocks.append(render(diagnostic)) }
        return blocks.joined(separator: "\n")
    }

    private mutating func render(_ diagnostic: Diagnostic) -> String {
        let paint: Style = diagnostic.severity == .error ? .error : .warning
        var text = style("\(diagnostic.severity.rawValue)[\(diagnostic.code.id)]", paint)
        text += style(": \(oneLine(diagnostic.message))", .bold) + "\n"
        let places = [diagnostic.primary].compactMap(\.self) + diagnostic.related
        let margin = places.map { String(tables[$0.span.source].position(of: $0.span.start).line).count }.max() ?? 1
        if let primary = diagnostic.primary {
            text += excerpt(primary, arrow: "-->", mark: "^", margin: margin, paint, hidden: diagnostic.hidesText)
        }
        for label in diagnostic.related {
            text += excerpt(label, arrow: ":::", mark: "-", margin: margin, .frame, hidden: diagnostic.hidesText)
        }
        let indent = String(repeating: " ", count: margin + 2)
        for note in diagnostic.notes {
            text += indent + style("= ", .frame) + style("note", .bold) + ": \(paragraph(note, indent + "        "))\n"
        }
        if let help = diagnostic.help {
            text += indent + style("= ", .frame) + style("help", .bold) + ": \(paragraph(help, indent + "        "))\n"
        }
        return text
    }

    /// `path:line:column`, the line, and the mark under it. Of a secret source only the path and the line are shown.
    private mutating func excerpt(
        _ label: Label, arrow: String, mark: String, margin: Int, _ paint: Style, hidden: Bool
    ) -> String {
        let source = sources[label.span.source]
        let lines = tables[source.id]
        let start = lines.position(of: label.span.start)
        let indent = String(repeating: " ", count: margin + 1)
        let path = source.path.terminalSafe
        if source.hidesColumns(of: label.span) || hidden {
            let remark = label.text.isEmpty ? "" : " " + oneLine(label.text)
            return "\(indent)\(style(arrow, .frame)) \(path):\(start.line)\(remark)\n"
        }
        var text = "\(indent)\(style(arrow, .frame)) \(path):\(start.line):\(start.column)\n"
        let bar = indent + " " + style("|", .frame)
        let end = lines.position(of: label.span.end)
        let line = Excerpt(
            lines.bytes(ofLine: start.line), from: start.column, to: end.line == start.line ? end.column : Int.max)
        text += bar + "\n"
        let number = String(start.line)
        let padding = String(repeating: " ", count: margin - number.count + 1)
        text += "\(padding)\(style(number, .frame)) \(style("|", .frame)) \(line.text)\n".trimmedAtLineEnd
        let marks = String(repeating: mark, count: line.width)
        let remark = label.text.isEmpty ? "" : " " + oneLine(label.text)
        text += "\(bar) \(line.padding)\(style(marks + remark, paint))\n"
        return text
    }

    private func oneLine(_ text: String) -> String {
        if text.utf8.span.isPlain { return text }
        return String(text.terminalSafe.map { $0.isNewline ? " " : $0 })
    }

    private func paragraph(_ text: String, _ indent: String) -> String {
        if text.utf8.span.isPlain { return text }
        return text.terminalSafe.split(separator: "\n", omittingEmptySubsequences: false).joined(
            separator: "\n" + indent)
    }

    private enum Style: String {
        case error = "\u{1B}[1;31m"
        case warning = "\u{1B}[1;33m"
        case bold = "\u{1B}[1m"
        case frame = "\u{1B}[34m"
    }

    private func style(_ text: String, _ style: Style) -> String {
        colour ? "\(style.rawValue)\(text)\u{1B}[0m" : text
    }
}

/// One line cut to what fits, with the marked columns inside, safe for a terminal.
private struct Excerpt {
    private(set) var text = ""
    private(set) var padding = ""
    private(set) var width = 1

    private static let widest = 160
    private static let context = 60

    init(_ bytes: ArraySlice<UInt8>, from start: Int, to end: Int) {
        if bytes.count <= Self.widest, bytes.span.isPlain {
            // Every byte is a column.
            let start = min(start - 1, bytes.count)
            text = String(decoding: bytes, as: UTF8.self)
            padding = String(repeating: " ", count: start)
            width = max(1, min(end - 1, bytes.count) - start)
            return
        }
        let scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        let start = min(start - 1, scalars.count)
        let end = min(max(end - 1, start), scalars.count)
        var first = 0
        var last = scalars.count
        if scalars.count > Self.widest {
            first = max(0, start - Self.context)
            last = min(scalars.count, first + Self.widest)
        }
        padding = shown(scalars[first..<start], cutBefore: first > 0, cutAfter: false)
        padding = String(padding.map { $0 == "\t" ? "\t" : " " })
        width = max(1, shown(scalars[start..<min(end, max(start, last))], cutBefore: false, cutAfter: false).count)
        text = shown(scalars[first..<last], cutBefore: first > 0, cutAfter: last < scalars.count)
    }

    private func shown(_ scalars: ArraySlice<Unicode.Scalar>, cutBefore: Bool, cutAfter: Bool) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return (cutBefore ? "…" : "") + String(text).terminalSafe + (cutAfter ? "…" : "")
    }
}

extension Swift.Span<UInt8> {
    /// Whether it is visible ASCII and blanks through and through: so it is shown as it is.
    fileprivate var isPlain: Bool {
        for index in indices where self[index] < 0x20 || self[index] > 0x7E { return false }
        return true
    }
}

extension String {
    fileprivate var trimmedAtLineEnd: String {
        var text = self
        text.removeLast()
        while text.last == " " { text.removeLast() }
        return text + "\n"
    }
}
