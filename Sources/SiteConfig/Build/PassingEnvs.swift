internal import Diagnostics
internal import Resolution
internal import Secrets
internal import SiteModel
internal import Synchronization

// Envs that pass through a build (ARCHITECTURE, *An env at a time*): each is read, checked, compiled and released, so that the
// VMs of all of a site are never there at once.

/// What is left of an env that passed.
struct PassedEnv: Sendable {
    let released: ReleasedEnv
    /// Empty, but where something is to be said of the file.
    let source: Source
    /// Of its text; nil if the source has that.
    let sum: OutputSum?
    /// Its VMs that have an address, released.
    let machines: [Machine]
    let diagnostics: [Diagnostic]
    let allowances: FileAllowances?
    /// The digest of what the rest of the site sees of it; nil if comments speak in it.
    let interface: String?
}

/// The envs of a site whose other files were read.
struct PassingEnvs: Sendable {
    private let site: LinkedSite
    private let places: [Catalogue.Place]
    private let sources: [SourceID]
    private let reader: FileReader
    private let maker: OutputsAhead.Maker

    /// Nil where an env may mean more than its own file says, or may be asked for again: where there are tags, rules or pools,
    /// manifests, outputs of all machines, or an output of an env that is not compiled ahead.
    ///
    /// - Parameters:
    ///   - site: without its envs.
    ///   - loader: has read all else. From now on the envs count as read.
    init?(_ site: LinkedSite, _ loader: inout Loader, _ ahead: OutputsAhead, _ compiler: SiteCompiler) {
        places = site.catalogue.all(.env)
        guard ahead.handsOn, site.strictness == .strict, site.mergesPlainly, site.allocations == nil,
            site.catalogue.allocationsFile == nil, site.catalogue.all(.manifest).isEmpty, !loader.hasUnknownKeys,
            places.allSatisfy({ $0.rival == nil }), OutputPlanner.asksForEnvsAlone(site)
        else { return nil }
        self.site = site
        reader = loader.reader
        guard Self.seemEach(places, reader) else { return nil }
        sources = loader.expect(places)
        maker = ahead.maker(site, loader, compiler)
        guard maker.hasAllOutputs else { return nil }
    }

    /// Whether no text of an env looks like one that means more: to find that at the last one is to have done all for nothing.
    private static func seemEach(_ places: [Catalogue.Place], _ reader: FileReader) -> Bool {
        Cores.map(places.count, run: 16, wantsRoom: false) { index in
            guard let text = try? reader.files.read(places[index].path, limit: Loader.fileLimit) else { return false }
            return !text.span.looksShared
        }.allSatisfy(\.self)
    }

    /// Lets all of them pass; nil if one of them is not for itself, or cannot be read.
    func pass() -> [PassedEnv]? {
        let isStopped = Atomic(false)
        let passed = Cores.map(places.count, run: 4, own: { site.apart }) { site, index -> PassedEnv? in
            guard !isStopped.load(ordering: .relaxed) else { return nil }
            if let env = pass(index, in: site) { return env }
            isStopped.store(true, ordering: .relaxed)
            return nil
        }
        let envs = passed.compactMap(\.self)
        return envs.count == places.count ? envs : nil
    }

    private func pass(_ index: Int, in site: LinkedSite) -> PassedEnv? {
        let file = reader.read(places[index].path, as: places[index].id, sources[index])
        guard let source = file.source, source.isAsWritten, let env = file.entity, file.passwords == nil,
            let interface = EnvInterface(of: env)
        else { return nil }
        var found = file.diagnostics + link([env], in: site, .everything)
        let isMade = maker.wants(env.id) && !found.hasErrors
        let checked = site.checkEnv(env, isKeeping: isMade, isForBytes: isMade)
        found += checked.diagnostics
        if isMade { maker.make(env, in: site) }
        let home = Machine.Home(env)
        let text = source.bytes
        let isSilent = found.isEmpty && file.allowances == nil
        return PassedEnv(
            released: site.released(env), source: isSilent ? source.emptied : source,
            sum: isSilent ? OutputSum(of: text.span) : nil,
            machines: checked.vms.compactMap { site.machine($0, of: home)?.released }, diagnostics: found,
            allowances: file.allowances,
            interface: file.allowances == nil ? interface.withBytes(FileDigest.text) : nil)
    }
}

extension Swift.Span<UInt8> {
    /// Whether a tag may stand in it, or what an env extends: before each is the beginning of a line, a blank or a bracket.
    fileprivate var looksShared: Bool {
        let word = "extends".utf8.span
        var isShared = false
        forEachPlace(of: UInt8(ascii: "!")) { place in
            guard place + 1 < count, place > 0, !isShared else { return }
            let (before, behind) = (self[place - 1], self[place + 1] | 0x20)
            let begins = [0x20, 0x0A, UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: ",")].contains(before)
            isShared = begins && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(behind)
        }
        forEachPlace(of: UInt8(ascii: "x")) { place in
            guard place > 0, place + 6 <= count, !isShared, place == 1 || self[place - 2] == 0x0A else { return }
            isShared = word.indices.allSatisfy { self[place - 1 + $0] == word[$0] }
        }
        return isShared
    }
}

extension Source {
    /// The same file without its text, for one that can be read again.
    fileprivate var emptied: Source { Source(id: id, path: path, bytes: [], isSecret: isSecret) }
}
