/// Where the lines of a source begin, so that an offset becomes a line and a column when a diagnostic is shown.
///
/// Computed only when something is wrong: a compile without findings never counts lines.
package struct LineTable: Sendable {
    private let source: Source
    private let starts: [UInt32]

    /// A place as editors count: both from 1, the column in Unicode scalars.
    package struct Position: Equatable, Sendable {
        package let line: Int
        package let column: Int
    }

    package init(_ source: Source) {
        self.source = source
        var starts: [UInt32] = [0]
        let bytes = source.bytes
        let letters = bytes.span
        if letters.firstPlace(of: UInt8(ascii: "\r")) == nil {
            letters.forEachPlace(of: UInt8(ascii: "\n")) { starts.append(UInt32($0 + 1)) }
        } else {
            for index in bytes.indices where bytes[index] == UInt8(ascii: "\n") || Self.isLoneReturn(bytes, index) {
                starts.append(UInt32(index + 1))
            }
        }
        self.starts = starts
    }

    private static func isLoneReturn(_ bytes: [UInt8], _ index: Int) -> Bool {
        bytes[index] == UInt8(ascii: "\r") && (index + 1 == bytes.count || bytes[index + 1] != UInt8(ascii: "\n"))
    }

    package func position(of offset: UInt32) -> Position {
        let line = lineIndex(of: offset)
        let start = startOfText(line)
        let range = start..<max(start, min(Int(offset), source.bytes.count))
        let column = source.bytes[range].count { $0 & 0xC0 != 0x80 }
        return Position(line: line + 1, column: column + 1)
    }

    /// The bytes of a line (counted from 1) without its line break. Empty when there is no such line.
    package func bytes(ofLine line: Int) -> ArraySlice<UInt8> {
        guard line >= 1, line <= starts.count else { return [] }
        let start = startOfText(line - 1)
        var end = line < starts.count ? Int(starts[line]) : source.bytes.count
        while end > start, source.bytes[end - 1] == UInt8(ascii: "\n") || source.bytes[end - 1] == UInt8(ascii: "\r") {
            end -= 1
        }
        return source.bytes[start..<max(start, end)]
    }

    /// A byte order mark is not a column.
    private func startOfText(_ line: Int) -> Int {
        let start = Int(starts[line])
        return line == 0 && source.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : start
    }

    private func lineIndex(of offset: UInt32) -> Int {
        var low = 0
        var high = starts.count
        while low + 1 < high {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        return low
    }
}

/// The line tables of what is shown, each made when it is first needed.
package struct LineTables {
    let sources: SourceMap
    private var tables: [SourceID: LineTable] = [:]

    package init(_ sources: SourceMap) { self.sources = sources }

    package subscript(id: SourceID) -> LineTable {
        mutating get {
            if let known = tables[id] { return known }
            let made = LineTable(sources[id])
            tables[id] = made
            return made
        }
    }
}
