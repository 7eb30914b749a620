internal import SecretMemory

/// YAML's `!!binary`: base64 that may be folded over lines.
enum BinaryScalar {
    static func decode(_ text: String) -> [UInt8]? {
        Base64.decode(text.utf8.filter { $0 != 0x20 && !(0x09...0x0D).contains($0) }, .required)
    }
}
