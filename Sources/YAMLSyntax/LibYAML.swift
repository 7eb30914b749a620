internal import CLibYAML
package import Diagnostics
internal import Glibc

/// What libyaml's parser reports, one call an event, in the order of the text.
///
/// Offsets are bytes of the source. A span of text lives only until the call returns.
package protocol EventReceiver {
    mutating func documentStart(at offset: UInt32, version: (major: Int, minor: Int)?)
    mutating func scalar(
        _ text: borrowing Swift.Span<UInt8>, _ properties: EventProperties, style: ScalarStyle, isPlain: Bool)
    mutating func sequenceStart(_ properties: EventProperties)
    mutating func sequenceEnd(at offset: UInt32)
    mutating func mappingStart(_ properties: EventProperties)
    mutating func mappingEnd(at offset: UInt32)
    mutating func alias(_ name: String, start: UInt32, end: UInt32)
    /// Whether to go on: a receiver that has seen enough to refuse the file says no.
    var wantsMore: Bool { get }
}

package struct EventProperties {
    package let start: UInt32
    package let end: UInt32
    /// The tag with its handle resolved, such as `tag:yaml.org,2002:str` or `!raw`.
    package let tag: String?
    package let anchor: String?
    /// Of a list or map: written with brackets.
    package var isFlow = false
}

@usableFromInline package enum ScalarStyle: UInt8, Sendable, BitwiseCopyable {
    case plain, singleQuoted, doubleQuoted, literal, folded
}

/// Why libyaml refused a text. Its messages are constants: they never quote the text.
package struct LibYAMLProblem {
    let problem: String
    let offset: UInt32
    let context: String?
    let contextOffset: UInt32
    /// What stands at the offset, to choose an explanation by.
    var letter: UInt8?
}

/// The only door to libyaml (0.2.5): a text in, events out.
package enum LibYAML {
    /// Runs the parser over a source (without a byte order mark) and returns what stopped it, if anything did.
    ///
    /// - Parameter text: what the source says. Of a secret source, whose own bytes are masked, it lies in locked memory,
    ///   and the parser's copies of it are overwritten.
    package static func parse(
        _ text: Swift.Span<UInt8>, of source: Source, skipping prefix: Int, into receiver: inout some EventReceiver
    ) -> LibYAMLProblem? {
        var parser = unsafe yaml_parser_t()
        guard unsafe yaml_parser_initialize(&parser) == 1 else {
            return LibYAMLProblem(problem: "out of memory", offset: 0, context: nil, contextOffset: 0)
        }
        defer {
            if source.isSecret { unsafe wipe(&parser) }
            unsafe yaml_parser_delete(&parser)
        }
        unsafe yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
        var offsets = OffsetCursor(source.bytes, from: prefix)
        return unsafe text.withUnsafeBufferPointer { bytes -> LibYAMLProblem? in
            guard let base = bytes.baseAddress else { return nil }
            unsafe yaml_parser_set_input_string(&parser, base + prefix, bytes.count - prefix)
            while receiver.wantsMore {
                var event = unsafe yaml_event_t()
                guard unsafe yaml_parser_parse(&parser, &event) == 1 else {
                    var found = unsafe problem(in: parser, prefix: prefix, &offsets)
                    found.letter = unsafe Int(found.offset) < bytes.count ? bytes[Int(found.offset)] : nil
                    return found
                }
                defer {
                    if source.isSecret { unsafe wipe(&event) }
                    unsafe yaml_event_delete(&event)
                }
                if unsafe event.type == YAML_STREAM_END_EVENT { return nil }
                unsafe deliver(event, &offsets, to: &receiver)
            }
            return nil
        }
    }

    // The scanner's own scratch strings cannot be reached: of a scalar longer than 16 bytes, pieces may stay behind in
    // freed memory. SOPS values never come here.

    private static func wipe(_ event: inout yaml_event_t) {
        guard unsafe event.type == YAML_SCALAR_EVENT, let value = unsafe event.data.scalar.value else { return }
        unsafe explicit_bzero(value, event.data.scalar.length)
    }

    private static func wipe(_ parser: inout yaml_parser_t) {
        if let start = unsafe parser.raw_buffer.start { unsafe explicit_bzero(start, parser.raw_buffer.end - start) }
        if let start = unsafe parser.buffer.start { unsafe explicit_bzero(start, parser.buffer.end - start) }
    }

    private static func deliver(
        _ event: yaml_event_t, _ offsets: inout OffsetCursor, to receiver: inout some EventReceiver
    ) {
        let start = unsafe offsets.byteOffset(ofScalar: event.start_mark.index)
        let end = unsafe offsets.byteOffset(ofScalar: event.end_mark.index)
        switch unsafe event.type {
        case YAML_DOCUMENT_START_EVENT:
            let version = unsafe event.data.document_start.version_directive
            receiver.documentStart(
                at: start, version: unsafe version.map { unsafe (Int($0.pointee.major), Int($0.pointee.minor)) })
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            let text = unsafe UnsafeBufferPointer(start: scalar.value, count: Int(scalar.length))
            unsafe receiver.scalar(
                text.span,
                EventProperties(start: start, end: end, tag: string(scalar.tag), anchor: string(scalar.anchor)),
                style: style(scalar.style), isPlain: scalar.plain_implicit == 1)
        case YAML_SEQUENCE_START_EVENT:
            let data = unsafe event.data.sequence_start
            unsafe receiver.sequenceStart(
                EventProperties(
                    start: start, end: end, tag: string(data.tag), anchor: string(data.anchor),
                    isFlow: data.style == YAML_FLOW_SEQUENCE_STYLE))
        case YAML_MAPPING_START_EVENT:
            let data = unsafe event.data.mapping_start
            unsafe receiver.mappingStart(
                EventProperties(
                    start: start, end: end, tag: string(data.tag), anchor: string(data.anchor),
                    isFlow: data.style == YAML_FLOW_MAPPING_STYLE))
        case YAML_SEQUENCE_END_EVENT: receiver.sequenceEnd(at: end)
        case YAML_MAPPING_END_EVENT: receiver.mappingEnd(at: end)
        case YAML_ALIAS_EVENT:
            receiver.alias(unsafe string(event.data.alias.anchor) ?? "", start: start, end: end)
        default: break
        }
    }

    private static func style(_ style: yaml_scalar_style_t) -> ScalarStyle {
        switch style {
        case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
        case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
        case YAML_LITERAL_SCALAR_STYLE: .literal
        case YAML_FOLDED_SCALAR_STYLE: .folded
        default: .plain
        }
    }

    private static func problem(
        in parser: yaml_parser_t, prefix: Int, _ offsets: inout OffsetCursor
    ) -> LibYAMLProblem {
        let text = unsafe parser.problem.map { unsafe String(cString: $0) } ?? "the text is not YAML"
        if unsafe parser.error == YAML_READER_ERROR {
            // The reader counts bytes, and knows no marks yet.
            let offset = unsafe UInt32(parser.problem_offset + prefix)
            return LibYAMLProblem(problem: text, offset: offset, context: nil, contextOffset: 0)
        }
        let context = unsafe parser.context.map { unsafe String(cString: $0) }
        let contextOffset = unsafe offsets.byteOffset(ofScalar: parser.context_mark.index)
        return LibYAMLProblem(
            problem: text, offset: unsafe offsets.byteOffset(ofScalar: parser.problem_mark.index), context: context,
            contextOffset: contextOffset)
    }

    private static func string(_ bytes: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        unsafe bytes.map { unsafe String(cString: $0) }
    }
}

/// Turns libyaml's positions, which count Unicode scalars, into byte offsets.
///
/// Events come in the order of the text, so a cursor that moves with them counts each byte about once.
private struct OffsetCursor {
    private let bytes: [UInt8]
    private let start: Int
    private let isASCII: Bool
    private var scalar = 0
    private var byte: Int

    init(_ bytes: [UInt8], from start: Int) {
        self.bytes = bytes
        self.start = start
        byte = start
        isASCII = bytes.allSatisfy { $0 < 0x80 }
    }

    mutating func byteOffset(ofScalar index: Int) -> UInt32 {
        if isASCII { return UInt32(min(start + index, bytes.count)) }
        while scalar < index, byte < bytes.count {
            byte += 1
            while byte < bytes.count, bytes[byte] & 0xC0 == 0x80 { byte += 1 }
            scalar += 1
        }
        while scalar > index, byte > start {
            byte -= 1
            while byte > start, bytes[byte] & 0xC0 == 0x80 { byte -= 1 }
            scalar -= 1
        }
        return UInt32(byte)
    }
}
