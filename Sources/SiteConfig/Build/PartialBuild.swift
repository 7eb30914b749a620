internal import Diagnostics
internal import Resolution
internal import Secrets
internal import SiteModel

// A build of what has changed (ARCHITECTURE, *One env that changed*). It begins where stamps say that a build which had nothing to
// say would do nothing, but for the files of some envs. What it cannot be sure of it leaves to the whole build: then there is none.

/// An env as a build left it that had nothing to say.
struct StampedEnv: Sendable {
    /// From the site's folder.
    let path: String
    /// The digest of what the rest of the site can see of it (`EnvInterface`).
    let interface: String
    /// The outputs of its VMs, sorted, and where each has its account in the lock.
    let outputs: [(path: String, place: Range<Int>)]
}

extension SiteCompiler {
    /// Compiles the VMs of some envs anew, where nothing else has changed.
    ///
    /// - Parameter outputCount: how many outputs there are in all.
    /// - Returns: nil if an env seems another to the rest of the site, or anything is to be said.
    func rebuild(
        _ envs: [StampedEnv], _ request: BuildRequest, outputCount: Int, begun loader: consuming Loader? = nil
    ) -> Build? {
        var loader = loader ?? beginRebuild()
        loader.listFolders()
        loader.loadOutputs()
        var changes: [Change] = []
        for env in envs {
            guard let change = change(of: env, in: loader.site, request) else { return nil }
            changes.append(change)
        }
        guard let site = load(changes, &loader) else { return nil }
        loader.settle(site)
        let planned = changes.flatMap(\.outputs).sorted(byBytesOf: \.path)
        var builder = Builder(WholeSite(compiler: self, loader: loader), request, keyring)
        builder.compile(planned)
        keepToTheEnd(loader)
        let places = Dictionary(envs.flatMap(\.outputs).map { (Key($0.path), $0.place) }) { first, _ in first }
        guard builder.report.isSilent, builder.outputs.count == planned.count,
            let amendments = amendments(of: builder.outputs, at: places)
        else { return nil }
        return Build(
            report: builder.report, outputs: builder.outputs, leftovers: [], isSealed: false, refusals: [],
            lock: .amended(LockAmendment(pieces: amendments, files: files), outputCount: outputCount), earlier: nil,
            whole: nil)
    }

    /// Begins to read the secrets: of what `rebuild` does that takes longest, and it can wait for nothing else.
    func beginRebuild() -> Loader { Loader(beginning: files, strictness, wantsSecrets: true) }

    /// An env that has changed, and what is to be made of it.
    private struct Change {
        let stamped: StampedEnv
        let place: Catalogue.Place
        let outputs: [PlannedOutput]

        /// The nodes that its VMs are wanted on; nil for the one that can be meant.
        var nodes: [String?] {
            outputs.map { output in if case .env(let request) = output.target { request.node } else { nil } }
        }
    }

    /// What resolve.yaml declares of an env's VMs; nil if that is not what it was.
    private func change(of env: StampedEnv, in site: LinkedSite, _ request: BuildRequest) -> Change? {
        guard let place = site.catalogue.place(at: env.path), place.rival == nil else { return nil }
        var planner = OutputPlanner(
            site, [], jobs: [], depth: request.allowsOutside ? nil : request.depth, in: folders,
            issuedAt: request.issuedAt, isOfEnvs: true, env: place.id.name)
        planner.plan()
        let isSame = planner.outputs.map(\.path).elementsEqual(env.outputs.map(\.path)) { $0.isSame(as: $1) }
        return isSame && planner.diagnostics.isEmpty && planner.outside.isEmpty
            ? Change(stamped: env, place: place, outputs: planner.outputs) : nil
    }

    /// Reads what the VMs of the envs are made of, and checks all that only these files say.
    ///
    /// - Returns: the site as far as it was read, with the envs' VMs; nil if there is anything to say.
    private func load(_ changes: [Change], _ loader: inout Loader) -> LinkedSite? {
        loader.loadSite()
        loader.loadSecrets(isNeeded: false) { loader in
            for change in changes {
                let env = loadEnv(change.place.id.name.text, .deployment, &loader)
                for node in change.nodes + [nil] { _ = chooseNode(node, env, &loader) }
            }
        }
        loader.loadAllocations()
        let site = loader.site
        var findings = loader.links(of: site, .deployment)
        for change in changes {
            guard let env = loader.entities[change.place.id], loader.isPlain(env),
                let interface = EnvInterface(of: env),
                interface.withBytes(FileDigest.text).isSame(as: change.stamped.interface)
            else { return nil }
            findings += site.checkEnv(env, isKeeping: true, isForBytes: true).diagnostics
        }
        let report = report(on: loader, loader.diagnostics + findings, usage: nil)
        // Of a file that is wholly encrypted nothing is known until it is opened.
        return report.isSilent && !loader.hasUnknownKeys ? site : nil
    }

    /// The digests of these outputs where the lock has others; nil if it would say something else of them besides.
    private func amendments(of outputs: [BuiltOutput], at places: [Key: Range<Int>]) -> [FileAmendment]? {
        var amendments: [FileAmendment] = []
        // It has to be there, and to stay as it is from here on, even if nothing in it changes.
        guard (try? files.read(BuildLock.fileName, piece: 0..<0)) != nil else { return nil }
        for output in outputs {
            guard let place = places[Key(output.path)],
                let text = try? files.read(BuildLock.fileName, piece: place), text.count == place.count,
                let former = BuildLock.Entry(asWritten: text[...], of: output.path), output.entry.isLike(former)
            else { return nil }
            guard !former.digest.isSame(as: output.entry.digest) else { continue }
            amendments.append(
                FileAmendment(
                    offset: place.lowerBound + former.digestPlace, former: Array(former.digest.utf8),
                    bytes: Array(output.entry.digest.utf8)))
        }
        return amendments
    }
}

extension Build {
    /// The envs whose VMs can be compiled anew without the rest of the site, as they are now.
    var stampedEnvs: [StampedEnv] {
        guard let whole, case .made(let lock, _, let places) = lock, whole.loader.site.mergesPlainly else { return [] }
        var outputs: [Key: [(path: String, place: Range<Int>)]] = [:]
        let placeOf = Dictionary(zip(lock.entries.map { Key($0.path) }, places)) { first, _ in first }
        for output in self.outputs {
            if case .env(let request) = output.planned.target, let place = placeOf[Key(output.path)] {
                outputs[Key(request.name), default: []].append((output.path, place))
            }
        }
        let entities = whole.loader.entities
        let envs = whole.loader.catalogue.all(.env).filter { $0.rival == nil }.compactMap { entities[$0.id] }
        let loader = whole.loader
        let catalogue = loader.catalogue
        // An env that another extends, or a manifest has a level of, is more than its own outputs.
        let used = Set(
            entities.values.lazy.filter { [.env, .manifest].contains($0.id.kind) }.flatMap(\.references)
                .filter { $0.order.kind == .env }.compactMap { catalogue.place($0.name, $0.order)?.id })
        let (known, interfaces, isPlain) = (outputs, loader.interfaces, envs.map { loader.isPlain($0) })
        return Cores.map(envs.count, run: 4) { index in
            let env = envs[index]
            guard !used.contains(env.id), isPlain[index],
                let interface = interfaces[env.id] ?? EnvInterface(of: env)?.withBytes(FileDigest.text)
            else { return nil }
            return StampedEnv(path: env.path, interface: interface, outputs: known[env.id.name] ?? [])
        }.compactMap(\.self)
    }
}

extension Loader {
    /// Whether a file's values are all that it says: no comment in it allows findings, and nothing was taken out of it.
    fileprivate func isPlain(_ entity: BoundEntity) -> Bool {
        sources[entity.source].isAsWritten && !allowances.speak(in: entity.source)
    }
}

extension Report {
    /// Whether there is nothing in it.
    var isSilent: Bool { diagnostics.isEmpty && failures.isEmpty && usage == nil }
}
