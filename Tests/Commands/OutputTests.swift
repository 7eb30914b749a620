import Foundation
import TestSupport
import Testing

/// Where the built program writes, and where it refuses to.
@Suite struct OutputTests {
    @Test func fileWithSecretsIsForItsOwnerOnly() throws {
        try inSite { folder in
            let result = try Program.shell(
                "umask 022; resolve env dev -o out.json && stat -c %a out.json && cat out.json", in: folder)
            #expect(result.status == 0)
            #expect(result.stdout.hasPrefix("600\n"))
            #expect(result.stdout.contains(Self.token))
        }
    }

    @Test func fileWithoutSecretsFollowsTheUmask() throws {
        try inSite { folder in
            let line = "umask 027; resolve env dev --redact -o out.json && stat -c %a out.json && cat out.json"
            let result = try Program.shell(line, in: folder)
            #expect(result.stdout.hasPrefix("640\n"))
            #expect(!result.stdout.contains(Self.token))
        }
    }

    @Test(arguments: ["ln -s target out.json", "mkfifo out.json", "mkdir out.json"]) func oddTargetsAreRefused(
        _ make: String
    ) throws {
        try inSite { folder in
            let result = try Program.shell("\(make); resolve env dev -o out.json", in: folder)
            #expect(result.status == 2)
            #expect(result.stderr.contains("refusing to write out.json"))
            #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("target").path))
        }
    }

    @Test func secretsAreNotWrittenWhereAnyoneMayChangeTheFolder() throws {
        try inSite { folder in
            let result = try Program.shell(
                "mkdir -m 0777 open; resolve env dev -o open/out.json; ls -A open", in: folder)
            #expect(result.stderr.contains("anyone may change the folder"))
            #expect(result.stdout.isEmpty)
            #expect(try Program.shell("resolve env dev --redact -o open/out.json", in: folder).status == 0)
            #expect(try Program.shell("chmod 1777 open; resolve env dev -o open/out.json", in: folder).status == 0)
        }
    }

    @Test func failureLeavesTheOldFileAndNoOther() throws {
        try inSite { folder in
            let line =
                "echo old > out.json; echo 'vms: {' > envs/dev.yaml; resolve env dev -o out.json; cat out.json; ls -A"
            let result = try Program.shell(line, in: folder)
            #expect(result.stdout.hasPrefix("old\n"))
            #expect(!result.stdout.contains(".tmp"))
        }
    }

    @Test func leftoversOfAKilledRunAreRemoved() throws {
        try inSite { folder in
            let line = "touch .out.json.resolve-999999999.tmp; resolve env dev -o out.json; ls -A"
            let result = try Program.shell(line, in: folder)
            #expect(!result.stdout.contains("999999999"))
            #expect(result.stdout.contains("out.json"))
        }
    }

    @Test func shortWriteIsAFailure() throws {
        try inSite { folder in
            let result = try Program.shell("resolve env dev > /dev/full", in: folder)
            #expect(result.status == 2)
            #expect(result.stderr.contains("cannot write the output"))
        }
    }

    @Test func secretsInAReadableFileAreWarnedOf() throws {
        try inSite { folder in
            let result = try Program.shell("umask 022; resolve env dev > out.json", in: folder)
            #expect(
                result.stderr
                    == "warning: secrets go into a file that others can read; `-o FILE` writes one that only you can\n")
            #expect(try Program.shell("umask 077; resolve env dev > own.json", in: folder).stderr.isEmpty)
        }
    }

    @Test func terminalHidesSecretsUnlessTheyAreAskedFor() throws {
        try inSite { folder in
            let hidden = try Program.shell("script -qec 'resolve env dev' /dev/null", in: folder)
            #expect(!hidden.stdout.contains(Self.token))
            #expect(hidden.stdout.contains("\"$secret\""))
            #expect(hidden.stdout.contains("note: secrets are hidden on a terminal"))
            #expect(
                try Program.shell("script -qec 'resolve env dev --reveal' /dev/null", in: folder).stdout.contains(
                    Self.token))
        }
    }

    @Test func colourIsForTerminals() throws {
        try inSite { folder in
            let escape = "\u{1B}["
            #expect(try !Program.output("resolve env nosuch", in: folder).contains(escape))
            #expect(try Program.output("resolve env nosuch --color always", in: folder).contains(escape))
            #expect(try Program.output("script -qec 'resolve env nosuch' /dev/null", in: folder).contains(escape))
            let plain = try Program.output("NO_COLOR=1 script -qec 'resolve env nosuch' /dev/null", in: folder)
            #expect(!plain.contains(escape))
        }
    }

    @Test func optionsStandBeforeOrBehindTheCommand() throws {
        try inSite { folder in
            let before = try Program.shell("cd /; resolve --site \(folder.path) --redact env dev", in: folder)
            let behind = try Program.shell("cd /; resolve env dev --redact --site \(folder.path)", in: folder)
            #expect(before.status == 0)
            #expect(before.stdout == behind.stdout)
        }
    }

    @Test func aNamedSiteMustBeOne() throws {
        try inSite { folder in
            for line in ["resolve --site nodes list envs", "RESOLVE_SITE=nodes resolve list envs"] {
                let result = try Program.shell(line, in: folder)
                #expect(result.status == 2)
                #expect(result.stderr.contains("no site found"))
            }
            #expect(try Program.shell("cd nodes; resolve list envs", in: folder).stdout == "dev\n")
            #expect(
                try Program.shell("cd /; HOMESTAK_ETC=\(folder.path) resolve list envs", in: folder).stdout == "dev\n")
        }
    }

    /// The folder `v2` of a site has folders like a site's, but the site is above it.
    @Test func theNearestSiteFileIsMeant() throws {
        try inSite { folder in
            let below = try Program.output("mkdir -p v2/presets v2/postures; cd v2; resolve list envs", in: folder)
            let without = try Program.output("rm site.yaml; resolve list envs", in: folder)
            #expect(below == "dev\n")
            #expect(without == "dev\n")
        }
    }

    @Test func twoProcessesWriteTheSameBytes() throws {
        try inSite { folder in
            let first = try Program.output("resolve env dev", in: folder)
            let second = try Program.output("resolve env dev", in: folder)
            #expect(first == second)
        }
    }

    static let token = "root@pam!tofu=planted-7d2f"

    private func inSite(_ body: (URL) throws -> Void) throws {
        let files: KeyValuePairs = [
            "site.yaml": "", "nodes/pve.yaml": "api_endpoint: https://localhost:8006\ndatastore: local\n",
            "envs/dev.yaml": "vms: [{name: web}]\n",
            "secrets.yaml": "api_tokens: {pve: \(Self.token)}\n",
        ]
        try Program.withFolder(files.map { (path: $0.key, text: $0.value) }, body)
    }
}
