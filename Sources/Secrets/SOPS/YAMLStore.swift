internal import Diagnostics
internal import YAMLSyntax

/// Reads a SOPS file in YAML as SOPS does: several documents, go-yaml's scalars, aliases expanded, `<<` a key like others.
enum YAMLStore {
    static func read(_ source: Source) -> (documents: [SOPSNode], comments: CommentIndex, diagnostics: [Diagnostic]) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        var builder = NodeBuilder(source)
        let prefix = source.bytes.starts(with: mark) ? mark.count : 0
        let bytes = source.bytes
        if let problem = LibYAML.parse(bytes.span, of: source, skipping: prefix, into: &builder) {
            builder.diagnostics.append(.syntax(problem, in: source))
        }
        let comments = CommentIndex(source, scalars: builder.scalars, items: builder.places)
        return (builder.documents, comments, builder.diagnostics)
    }
}

private struct NodeBuilder: EventReceiver {
    private let source: Source
    private(set) var documents: [SOPSNode] = []
    /// Where scalars stand: what looks like a comment there is none.
    private(set) var scalars: [Range<UInt32>] = []
    /// Where items begin, in the order of the text.
    private(set) var places: [CommentIndex.Place] = []
    var diagnostics: [Diagnostic] = []
    private(set) var wantsMore = true
    private var open: [Collection] = []
    private var anchors: [String: Anchor] = [:]
    private var expanded = 0
    private var expandedBytes = 0

    private struct Collection {
        let isMap: Bool
        let span: Span
        let anchor: String?
        var key: (text: String, span: Span)?
        var entries: [SOPSNode.Entry] = []
        var items: [SOPSNode] = []
        var seen: Set<[UInt8]> = []
        var size = 1
        /// Bytes of what stands in it, aliases followed.
        var bytes = 0
        var height = 0
    }

    private struct Anchor {
        var node: SOPSNode?
        var size = 1
        var bytes = 0
        var height = 0
    }

    init(_ source: Source) { self.source = source }

    // MARK: Events

    mutating func documentStart(at offset: UInt32, version: (major: Int, minor: Int)?) { anchors = [:] }

    mutating func scalar(
        _ text: borrowing Swift.Span<UInt8>, _ properties: EventProperties, style: ScalarStyle, isPlain: Bool
    ) {
        let span = span(properties.start, properties.end)
        scalars.append(properties.start..<properties.end)
        let letters = String(decoding: text.indices.map { text[$0] }, as: UTF8.self)
        note(properties.start)
        if isAtKey { return takeKey(letters, properties, style, span) }
        complete(SOPSNode(.scalar(value(letters, properties.tag, style, span)), at: span), properties.anchor)
    }

    mutating func sequenceStart(_ properties: EventProperties) { start(isMap: false, properties) }

    mutating func mappingStart(_ properties: EventProperties) { start(isMap: true, properties) }

    mutating func sequenceEnd(at offset: UInt32) { end(at: offset) }

    mutating func mappingEnd(at offset: UInt32) { end(at: offset) }

    mutating func alias(_ name: String, start: UInt32, end: UInt32) {
        let place = span(start, end)
        note(start)
        guard let anchor = anchors[name], let node = anchor.node else {
            return refuse(.malformed("an alias of nothing that stands before it", at: place))
        }
        expanded += anchor.size
        expandedBytes += anchor.bytes
        guard expanded <= 1_000_000, expandedBytes <= 64 << 20, open.count + anchor.height <= 128 else {
            return refuse(.malformed("its aliases stand for too much", at: place))
        }
        if isAtKey {
            guard let key = node.string else { return refuse(.malformed("a key that is no text", at: place)) }
            return takeKey(key, place)
        }
        complete(node, nil, size: anchor.size, bytes: anchor.bytes, height: anchor.height)
    }

    // MARK: The tree

    private var isAtKey: Bool { open.last.map { $0.isMap && $0.key == nil } ?? false }

    private func span(_ start: UInt32, _ end: UInt32) -> Span { Span(source: source.id, start: start, end: end) }

    private mutating func refuse(_ diagnostic: Diagnostic) {
        diagnostics.append(diagnostic)
        wantsMore = false
    }

    /// Remembers where an item begins: a map's entry, or what stands in a list.
    private mutating func note(_ offset: UInt32) {
        guard let collection = open.last, !collection.isMap || collection.key == nil else { return }
        places.append(CommentIndex.Place(offset: offset, isEntry: collection.isMap))
    }

    private mutating func start(isMap: Bool, _ properties: EventProperties) {
        let place = span(properties.start, properties.end)
        note(properties.start)
        if isAtKey { return refuse(.malformed("a key that is no text", at: place)) }
        guard open.count < 128 else { return refuse(.malformed("more than 128 levels of nesting", at: place)) }
        if let anchor = properties.anchor { anchors[anchor] = Anchor() }
        open.append(Collection(isMap: isMap, span: place, anchor: properties.anchor))
    }

    private mutating func end(at offset: UInt32) {
        guard let closed = open.popLast() else { return }
        let span = span(closed.span.start, max(closed.span.end, offset))
        let node = SOPSNode(closed.isMap ? .map(closed.entries) : .list(closed.items), at: span)
        complete(node, closed.anchor, size: closed.size, bytes: closed.bytes, height: closed.height + 1)
    }

    private mutating func complete(
        _ node: SOPSNode, _ anchor: String?, size: Int = 1, bytes: Int? = nil, height: Int = 0
    ) {
        let bytes = bytes ?? Int(node.span.end - node.span.start)
        if let anchor { anchors[anchor] = Anchor(node: node, size: size, bytes: bytes, height: height) }
        guard !open.isEmpty else { return completeDocument(node) }
        let top = open.count - 1
        open[top].size += size
        open[top].bytes += bytes
        open[top].height = max(open[top].height, height)
        if let key = open[top].key {
            open[top].entries.append(SOPSNode.Entry(key: key.text, keySpan: key.span, value: node))
            open[top].key = nil
        } else {
            open[top].items.append(node)
        }
    }

    private mutating func completeDocument(_ node: SOPSNode) {
        switch node.content {
        case .map: documents.append(node)
        case .scalar(.null): documents.append(SOPSNode(.map([]), at: node.span))
        default: refuse(.malformed("a document that is no map", at: node.span))
        }
    }

    private mutating func takeKey(_ text: String, _ properties: EventProperties, _ style: ScalarStyle, _ span: Span) {
        let isText = style != .plain || properties.tag != nil || text == "<<" || GoYAML.resolve(text) == .string(text)
        guard isText else { return refuse(.malformed("a key that is no text", at: span)) }
        if let anchor = properties.anchor { anchors[anchor] = Anchor(node: SOPSNode(.scalar(.string(text)), at: span)) }
        takeKey(text, span)
    }

    private mutating func takeKey(_ text: String, _ span: Span) {
        let top = open.count - 1
        if !open[top].seen.insert(Array(text.utf8)).inserted {
            if open.count == 1, text == "sops" {
                // That every other key stands twice, too, need not be said.
                diagnostics = []
                return refuse(.pastedTogether(at: span))
            }
            diagnostics.append(.malformed("a key that stands twice in one map", at: span))
        }
        open[top].key = (text, span)
    }

    // MARK: Scalars

    private mutating func value(
        _ text: String, _ tag: String?, _ style: ScalarStyle, _ span: Span
    ) -> SOPSNode.Scalar {
        let yaml = "tag:yaml.org,2002:"
        guard let tag, tag.hasPrefix(yaml) else {
            guard style == .plain, tag == nil || tag == "!" else { return .string(text) }
            if let scalar = GoYAML.resolve(text) { return scalar }
            diagnostics.append(.malformed("an integer from 2^63 on, which SOPS cannot hold", at: span))
            return .null
        }
        let resolved = GoYAML.resolve(text)
        switch (tag.dropFirst(yaml.count), resolved) {
        case ("str", _): return .string(text)
        case ("binary", _):
            if let bytes = BinaryScalar.decode(text) { return .string(String(decoding: bytes, as: UTF8.self)) }
        case ("float", .integer(let number)): return .float(Double(number))
        case ("int", .integer), ("float", .float), ("bool", .bool), ("null", .null), ("timestamp", .time):
            return resolved ?? .null
        default: break
        }
        diagnostics.append(.malformed("a value that its tag does not fit", at: span))
        return .null
    }
}
