internal import Diagnostics
internal import Resolution
internal import Secrets
internal import SiteModel
internal import YAMLSyntax

/// Tells whether a secret of one state of a site is the same in another, without opening anything: by its text as it lies in
/// the file, which for an encrypted one is ciphertext. What was encrypted anew counts as another.
///
/// - Invariant: no text is kept, only digests, and those only as long as the two states are compared.
struct SecretFingerprints {
    private let files: any SiteFiles
    private let siteFile: String?
    private var trees: [String: SyntaxTree?] = [:]
    private var digests: [String: String] = [:]
    /// What maps have, by the bytes of their keys: a map may have a secret for each machine.
    private var maps: [MapPlace: [[UInt8]: NodeID]] = [:]

    private struct MapPlace: Hashable {
        let path: String
        let node: NodeID
    }

    init(_ files: any SiteFiles, siteFile: String?) {
        self.files = files
        self.siteFile = siteFile
    }

    /// - Returns: nil if the secret is not there.
    mutating func fingerprint(of secret: SecretRef) -> String? {
        guard let path = secret.file?.text ?? siteFile else { return nil }
        guard let tree = tree(of: path) else { return wholeFile(path) }
        var node = tree.root
        for step in secret.steps {
            let next: NodeID?
            switch tree.kind(node) {
            case .map: next = value(of: step, in: MapPlace(path: path, node: node), tree)
            case .list:
                next = Int(step.text).flatMap { tree.items(node).indices.contains($0) ? tree.items(node)[$0] : nil }
            default: next = nil
            }
            guard let next else { return nil }
            node = next
        }
        // What looks like a number is another value in quotes.
        return FileDigest.text(of: Array(tree.text(node)).span) + "\(tree.type(node))"
    }

    private mutating func value(of key: Key, in map: MapPlace, _ tree: SyntaxTree) -> NodeID? {
        if maps[map] == nil {
            let entries = tree.entries(map.node).map { (Array(tree.text($0.key)), $0.value) }
            maps[map] = Dictionary(entries) { _, last in last }
        }
        return maps[map]?[Array(key.text.utf8)]
    }

    /// The tree of a file that is written in YAML or JSON; nil for any other.
    private mutating func tree(of path: String) -> SyntaxTree? {
        if let known = trees[path] { return known }
        var tree: SyntaxTree?
        if let bytes = try? files.read(path, limit: Loader.fileLimit), !AgeFile.isAge(bytes) {
            var sources = SourceMap()
            tree = parse(sources.add(path: path, bytes: bytes, isSecret: true), .lenient).tree
            if tree.map({ $0.kind($0.root) != .map }) ?? false { tree = nil }
        }
        trees.updateValue(tree, forKey: path)
        return tree
    }

    private mutating func wholeFile(_ path: String) -> String? {
        if let known = digests[path] { return known }
        let digest = (try? files.read(path, limit: Loader.fileLimit)).map { FileDigest.text(of: $0.span) }
        digests[path] = digest
        return digest
    }
}
