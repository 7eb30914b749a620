/// A place as annotations of a file name it: lines and columns from 1, columns in Unicode scalars, the end behind the last
/// marked character.
struct Region: Equatable {
    let startLine: Int
    let endLine: Int
    /// Nil where a secret stands: a column would say how long it is.
    let columns: Columns?

    struct Columns: Equatable {
        let start: Int
        let end: Int
    }
}

extension LineTables {
    /// - Parameter isHidden: whether the finding itself asks that its place be told by the line only.
    mutating func region(of span: Span, isHidden: Bool) -> Region {
        let source = sources[span.source]
        let lines = self[span.source]
        let start = lines.position(of: span.start)
        let end = lines.position(of: span.end)
        let last = Span(source: span.source, start: span.end, end: span.end)
        guard !isHidden, !source.hidesColumns(of: span), !source.hidesColumns(of: last) else {
            return Region(startLine: start.line, endLine: start.line, columns: nil)
        }
        return Region(
            startLine: start.line, endLine: end.line, columns: .init(start: start.column, end: end.column))
    }
}

extension SourceMap {
    /// The file that stands for the site as a whole, where a finding has no place and the reader wants one.
    var siteFile: String { sources.first { ["site.yaml", "site.yml"].contains($0.path) }?.path ?? "site.yaml" }
}
