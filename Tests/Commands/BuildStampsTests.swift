import Foundation
import SiteConfig
import TestSupport
import Testing

/// A build that looks at stamps first does and says what one does that reads everything, whatever happened in between.
@Suite struct BuildStampsTests {
    /// Random changes of a random site, each followed by a build with stamps and, on a copy, one without.
    @Test(arguments: 0..<4) func randomChanges(_ seed: Int) throws {
        try StampedSite.with(seed) { site in
            for _ in 0..<22 {
                let change = try site.change()
                let words = site.words()
                try site.build(words, after: change)
                if site.number(3) == 0 { try site.build(words, after: change + ", and again") }
            }
        }
    }

    /// Random edits of envs' VMs, which mostly are compiled without the rest of the site.
    @Test(arguments: 10..<12) func randomEdits(_ seed: Int) throws {
        let edits = StampedSite.changes.filter { $0.name.contains("own") || $0.name.contains("address") }
        try StampedSite.with(seed) { site in
            try site.build([], after: "the first build")
            for _ in 0..<20 {
                let edit = site.pick(edits)
                try edit.make(&site)
                try site.build([], after: edit.name)
            }
        }
    }

    /// The lock is not made anew for a digest, unless it has another name, which would change, too.
    @Test(arguments: [false, true]) func theLockIsAmendedWhereItStands(_ hasOtherName: Bool) throws {
        try StampedSite.with(4) { site in
            try site.build([], after: "the first build")
            if hasOtherName { try site.on(".resolve.lock", "ln $F ../../other") }
            try site.build([], after: "another name")
            try site.buildUntilStamped()
            _ = try #require(site.stamps([]))
            let inode = "stat -c %i a/site/.resolve.lock"
            let before = try site.shell("cp a/site/.resolve.lock former; \(inode)")
            try site.on("envs/dev.yaml", "sed -i 's/ip:/disk: 64, ip:/' $F")
            try site.build([], after: "a disk")
            #expect(try (site.shell(inode) == before) == !hasOtherName)
            #expect(try site.shell("grep -c '\"disk\": 64' a/site/dist/dev.json") == "1\n")
            #expect(try site.shell("cmp -s a/site/.resolve.lock former || echo another") == "another\n")
            if hasOtherName { #expect(try site.shell("cmp other former && echo same") == "same\n") }
        }
    }

    /// Whoever changes the lock while a build is compiling: the build sees it before it amends anything.
    @Test func aLockThatChangesMeanwhileIsNotAmended() throws {
        try StampedSite.with(5) { site in
            try site.build([], after: "the first build")
            let (variables, request) = (site.variables, BuildRequest(allowsOutside: true))
            func stamps() throws -> BuildStamps {
                let compiler = SiteCompiler(DiskFiles(root: site.folder.path), identities: Identities(files: []))
                return try #require(BuildStamps(compiler, request, version: "test") { variables[$0] })
            }
            func amendment() throws -> (LockAmendment, Build)? {
                for _ in 1...20 {
                    var before = try stamps()
                    if case .unknown = before.standing(for: request) {
                        let build = before.compiler.build(request)
                        before.keep(build, written: [], files: [:]) { _ in
                            true
                        } holdsLock: {
                            true
                        }
                    }
                    try site.on("envs/dev.yaml", "sed -i 's/ip:/disk: 64, ip:/' $F")
                    var behind = try stamps()
                    if case .changed(let build) = behind.standing(for: request), let made = build.lockAmendment {
                        return (made, build)
                    }
                    try site.on("envs/dev.yaml", "sed -i 's/disk: 64, //' $F")
                    usleep(20_000)
                }
                return nil
            }
            let (made, build) = try #require(try amendment())
            #expect(made.isAsRead && made.pieces.count == 1)
            let text = try build.lockBytes(isPruned: false)
            try site.on(".resolve.lock", "echo >> $F")
            #expect(!made.isAsRead, "it is another file now")
            #expect(try build.lockBytes(isPruned: false) == text + [0x0A])
            try site.on(".resolve.lock", "sed -i 's/\"sha256\": \"./\"sha256\": \"x/' $F")
            #expect(throws: FileError.self) { try build.lockBytes(isPruned: false) }
        }
    }

    @Test(arguments: [[], ["--check"]]) func nothingIsReadIfNothingChanged(_ words: [String]) throws {
        try StampedSite.with(0) { site in
            try site.build([], after: "the first build")
            try site.buildUntilStamped(words)
            let stamps = try #require(site.stamps(words))
            try site.build(words, after: "nothing, again")
            #expect(site.stamps(words) == stamps, "it left them as they were")
            // What is read without stamps leaves none behind.
            _ = try Program.run(["build", "--no-cache"] + words, in: site.folder, with: site.variables)
            #expect(site.stamps(words) == stamps)
        }
    }

    /// Clones come and go, and nobody looks into a cache.
    @Test func whatNobodyNeededForAMonthIsRemoved() throws {
        try StampedSite.with(0) { site in
            try site.buildUntilStamped()
            let (old, young, odd) = (name("a"), name("b"), name("c"))
            let (folder, link) = (name("d"), name("e"))
            let made = """
                cd \(site.cache.path)/resolve; rm *.stamps
                for name in \(old) \(young) \(odd); do echo > $name.build.stamps; done
                echo > .12.tmp; echo > .34.tmp; echo > .own.tmp; echo > own.build.stamps; mkdir \(folder).check.stamps
                ln -s own.build.stamps \(link).build.stamps
                touch -d '-31 days' \(old).build.stamps .12.tmp .own.tmp own.build.stamps \(folder).check.stamps
                touch -d '-29 days' \(young).build.stamps .34.tmp
                touch -d 2300-01-01 \(odd).build.stamps; cp -p \(odd).build.stamps \(odd).check.stamps; touch -d 1700-01-01 \(odd).check.stamps
                """
            _ = try Program.shell(made, in: site.folder)
            try site.build([], after: "no stamps")
            let left = try Program.output("cd \(site.cache.path)/resolve; ls -A", in: site.folder)
            let all = Set(left.split(separator: "\n").map(String.init))
            let known = [".34.tmp", ".own.tmp", "own.build.stamps"]
            // Of what has a time that no count of nanoseconds tells it is only known that it stops no build.
            let kept = [young + ".build", folder + ".check", link + ".build"].map { $0 + ".stamps" }
            #expect(all.isSuperset(of: known + kept), "\(left)")
            #expect(all.isDisjoint(with: [old + ".build.stamps", ".12.tmp"]), "\(left)")
        }
        func name(_ letter: Character) -> String { String(repeating: letter, count: 40) }
    }

    /// Each of these alone is seen.
    @Test(arguments: StampedSite.changes.map(\.name)) func aChangeIsSeen(_ name: String) throws {
        try StampedSite.with(1) { site in
            for words in [[], ["--check"]] {
                try site.build([], after: "what was before")
                try site.build(words, after: "nothing")
                try #require(StampedSite.changes.first { $0.name == name }).make(&site)
                try site.build(words, after: name)
            }
        }
    }

    /// A build at once after a change, and a change at once after a build: neither shows in times that are told in milliseconds.
    @Test func changesInTheSameInstant() throws {
        let line = """
            resolve build --quiet > ../out
            for i in 1 2 3 4 5 6 7 8 9; do
                sed "s/memory: .*/memory: $((1000 + i))/" presets/p.yaml > ../p; cat ../p > presets/p.yaml
                resolve build --quiet > ../out
                touch -r site.yaml presets/p.yaml dist/dev.json
                grep -q "\\"memory\\": $((1000 + i))" dist/dev.json || echo "passed over change $i"
                sed -i "s/10/19/" ../p; echo '{}' > dist/dev.json; resolve build --quiet > ../out
                grep -q "\\"memory\\": $((1000 + i))" dist/dev.json || echo "passed over the output $i"
            done
            """
        try StampedSite.with(2) { site in
            let said = try Program.output("export XDG_CACHE_HOME=\(site.cache.path)\n\(line)", in: site.folder)
            #expect(said.isEmpty)
        }
    }

    /// A file that a change would give no later time: then nothing tells that it did not change.
    @Test(arguments: ["presets/p.yaml", "presets", "dist/dev.json", ".resolve.lock"]) func aTimeToCome(_ path: String)
        throws
    {
        try StampedSite.with(6) { site in
            try site.buildUntilStamped()
            #expect(site.stamps([]) != nil)
            try site.on(path, "touch -d '+1 day' $F")
            try site.build([], after: "a time to come")
            #expect(site.stamps([]) == nil)
            try site.on(path, "touch -d '-1 day' $F")
            try site.buildUntilStamped()
            #expect(site.stamps([]) != nil)
        }
    }

    /// Whatever stands in the cache folder, the build says the same.
    @Test func damagedStamps() throws {
        try StampedSite.with(3) { site in
            try site.build([], after: "the first build")
            try site.build([], after: "nothing")
            try site.buildUntilStamped()
            let file = try #require(site.stampFiles.first)
            let whole = try Data(contentsOf: file)
            var random = SeededNumbers(5)
            for number in 0..<40 {
                var bytes = whole
                switch number % 4 {
                case 0: bytes = whole.prefix(Int.random(in: 0..<whole.count, using: &random))
                case 1:
                    bytes[Int.random(in: 0..<whole.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
                case 2: bytes += whole.prefix(Int.random(in: 1..<whole.count, using: &random))
                default:
                    let start = Int.random(in: 0..<whole.count - 8, using: &random)
                    for index in start..<start + 8 { bytes[index] = UInt8.random(in: 0...255, using: &random) }
                }
                try bytes.write(to: file)
                try site.build([], after: "damage \(number)")
                #expect(try Data(contentsOf: file).count == whole.count, "sound ones take their place")
            }
        }
    }

    /// Stamps count only where nobody else can have made them, and are made only there.
    @Test(arguments: [
        "chmod 777 $C/resolve", "chmod 644 $C/resolve/*", "mv $C/resolve $C/r; ln -s /dev $C/resolve",
        "rm -r $C; ln -s /nonexistent $C",
        "for f in $C/resolve/*; do mv $f $C/x; ln -s $C/x $f; done", "rm -r $C/resolve; echo > $C/resolve",
        "for f in $C/resolve/*; do rm $f; mkfifo -m 600 $f; done", "for f in $C/resolve/*; do rm $f; mkdir $f; done",
        "rm -r $C; mkdir -m 555 $C",
    ]) func aCacheFolderThatIsNone(_ line: String) throws {
        try StampedSite.with(4) { site in
            try site.buildUntilStamped()
            let made = try Program.shell("C=\(site.cache.path); \(line)", in: site.folder)
            #expect(made.status == 0, "\(made.stderr)")
            try site.build([], after: line)
            try site.build([], after: "nothing")
            #expect(try Program.shell("rm -rf \(site.cache.path)", in: site.folder).status == 0)
        }
    }

    /// Nothing of a secret is in them.
    @Test func stampsHoldNoContent() throws {
        try StampedSite.with(5) { site in
            try site.buildUntilStamped()
            let bytes = try site.stampFiles.map { try Data(contentsOf: $0) }
            #expect(!bytes.isEmpty)
            for word in [StampedSite.secret, "vm_root", "memory"] {
                #expect(bytes.allSatisfy { $0.range(of: Data(word.utf8)) == nil }, "\(word)")
            }
            let modes = try Program.output(
                "stat -c %a \(site.cache.path)/resolve \(site.cache.path)/resolve/*", in: site.folder)
            #expect(modes == "700\n600\n")
        }
    }
}
