import Diagnostics
import Foundation
import TestSupport
import Testing
import YAMLSyntax

/// What the reader of blocks makes of a text is what libyaml makes of it, in every part, or nothing.
@Suite struct BlockReaderTests {
    // MARK: What it takes

    static let everyday = [
        "", "\n", "# c\n", "a: b", "a: b\n", "---\na: b\n", "# c\n--- # d\na: b\n", "  a: b\n  c: d\n", "a:\n",
        "a: # c\nb: d # e\n",
        "a:\n  b:\n    c: d\n  e: f\n", "a:\n- b\n- c\nd: e\n", "a:\n  - b\n  - c\n", "a:\n# c\n  # d\n\n  b: c\n",
        "a:\n- b: c\n  d: e\n-   f: g\n    h:\n    - i\n    j: k\n", "a:\n- - b\n  - c\n-\n  - d\n-\n  e: f\n-\n",
        "a:\n-\n- # c\n- b\n",
        "a: 'b'\n'c': \"d\"\n\"e\" : 'f' # g\n", "a: 'b''c'\nd: \"e\\\"\\\\\\n\"\n", "a: ''\nb: \"\"\n",
        "a: []\nb: {}\nc: [d, 'e', [f], {g: h, \"i\":j, 'k' : [l, ]}]\n", "a: [-1, .5, a-b, http://c:d]\n",
        "a: 12\nb: -5\nc: 0x1F\nd: 1.5\ne: 1e3\nf: 12:30\ng: 10.0.0.1/24\nh: 2001-01-01\n",
        "1: a\n-2: b\n10.0.0.1: c\n'1.5': d\n",
        "a: true\nb: ~\nc: yes\nd: nULL\ne: no way\n", "a: b:c #d\ne: f#g\n", "é: ☕ # ü\n\"😀\": 'ß'\n",
        "a: -b\n-c: --d\n",
        "a: |\n  b\n   c\n\n  # d\ne: |-\n f\n\n\ng: |+ # h\n  i\n\n", "a:\n- |\n  b\n- |-\n  c\n",
        "a:\n  - |\n    b\n  - c\n",
        "a: !secret b.c\nd: !raw '{{ e }}'\nf: !force 12\ng: !unset\nh: [!secret b, !unset , !unset ]\n",
        "a: !append [b]\nc: !replace {d: e}\nf: !union\n  - g\nh: !deep # i\n  # j\n  k: l\nm: !append\n- n\n",
        "a: !alloc b\n",
        "a: {$secret: b.c}\n", "a:\n  $secret: b\n",
    ]

    @Test(arguments: everyday) func itTakesWhatIsEveryday(_ text: String) throws {
        #expect(Agreement(text).isTaken)
        try expectAgreement(text)
    }

    @Test func itTakesTheExamples() throws {
        let texts = Corpus.files(in: "examples").filter { $0.name.hasSuffix(".yaml") }
        let taken = texts.filter { Agreement($0.bytes).isTaken }
        #expect(taken.count * 10 > texts.count * 9)
    }

    // MARK: What it leaves

    static let traps = [
        "key: - x", "- - x", "a: b: c", "a: \"b\": c", "{\"a\":b}", "\"a\":b", "- a: b\n c: d", "- a: b\n   c: d",
        "- a: b\n  - c",
        "a: b#c", "a: 'b'#c", "a: [b]#c", "a: #c\n", "a:#c\n", "a: b \n", "a: b\r\nc: d\r\n", "a", "a:", "a :", "a :b",
        ":", ": a", "-",
        "- a", "-a", "--- a: b", "--- text", "---\n---\na: b", "a: b\n---\n", "a: b\n...\n", "---\n", "...\n", "-\ta",
        "a:\tb", "a: b\tc",
        "\ta: b", "[a, b]: c", "{a: b}: c", "? a\n: b", "?", "a: ?", "a: ?b", "a:\n# c\nb", "a: 1\na: 2",
        "a: {b: 1, b: 2}", "a: 1\n'a': 2",
        "1: a\n0x1: b", "1: a\n'1': b", "yes: 1", "~: 1", "1.5: a", "017: a", "<<: a", "a: <<", "a: =", "=: a",
        "a: 0x_", "a: 2001-13-45",
        "a: b\n  c", "a: b\n\n  c", "a: b\n# d\n  c", "a: 'b\n  c'", "a: \"b\n  c\"", "a: [b,\n  c]", "a: {b: c\n}",
        "a: [b", "a: b]", "a: [b]]",
        "a: [,]", "a: [b,,c]", "a: [b: c]", "a: [b:]", "a: [b:, c]", "a: [b ?c]", "a: {b}", "a: {b: }", "a: {b:c}",
        "a: {'b':c}", "a: {{ b }}",
        "a: {b: c: d}", "a: [a[b]]", "a: [- b]", "a: [-]", "a: [#b]", "a: [b #c]", "a: [b]c", "a: 'b'c", "a: \"\\x41\"",
        "a: \"\\q\"",
        "a: &b c\nd: *b", "a: *b", "a: !b c", "a: !!str c", "a: !<b> c", "a: !secret", "a: !secret [b]", "a: !append",
        "a: !append\nb: c",
        "a: !append # c\n\nb: c", "!append a: b", "a: !secret b: c", "a: !unset b", "a: [!unset, b]", "a: [!unset]",
        "a: !unset\n  b: c",
        "a: !unset\n- b", "a: !append\n  b", "a: !append |\n  b", "a: !secretb c", "a: !sec ret", "a: !secret\nb: c",
        "a: |\n", "a: |\nb: c", "a: |\n b\n  c", "a: |\n  b\n c", "a: |\n\n  b\n", "a: |2\n   b\n", "a: |\n  b",
        "a: |\n  b\n ", "a: |\n  b\n   ",
        "a: |x\n  b\n", "a: | b\n", "a: |-+\n  b\n", "a: |#\n  b\n", "a: >\n  b\n", "a:\n- |\n b\n", "a:\n- |\nb\n",
        "a: |\n    \n  b\n", "a: |\n  |\n",
        "a: %b", "%b: c", "%YAML 1.1\n---\na: yes", "a: @b", "a: `b`", "a: ,b", "a: ]b", "a: }", "a: |b", "a: \u{85}b",
        "a: b\u{2028}c: d", "\u{FEFF}a: b",
        "a: b\u{FEFF}", "a: \u{7F}", "a: b\0", "a: \u{80}", "a: \u{A0}", "a: \u{FFFE}", "a: \u{FFFD}",
        "a:\n  b: c\n d: e", "a:\n    b: c\n  d: e", " a: b\nc: d",
        "a:\n- b\n c: d", "a:\n- b\n  c: d", "a:\n -b\n - c", "a:\n - b\n- c", "a:\n  - b\n- c", "a: b\n- c",
        "- a\nb: c", "a:\n  - b\n  c: d", "a:\n-\n b: c\n-\n\n",
        "a: 'b", "a: \"b", "a: \"b\\", "'a'b: c", "'a' 'b': c", "a 'b': c", "a \"b: c", "a,b: c", "a[b]: c", "[a]: b",
        "a: b: ", "a: b:", "a: b::c", "a::b: c", "a:: b",
        "a: ---", "a: ...", "--- a", "---a: b", "--: a", "-: a", "- : a", "a: - ", "a: -", "a: -\n  b", "a: --- # c",
        "... : a", "a:  \n  b:  \n    - \n", "a: 99999999999999999999",
        "9999999999999999999: a", "a: !secret 017\nb: !raw 017\nc: !force yes\nd: !force '12'\n", "a: '''", "a: ''''\n",
        "a: 'b'''\n", "a: \"\\\\\"\n", "a: \"\\\\\\\\\"\n",
        "a: \"\\\"\"\n", "$secret: 'a'\n'$secretx': b\n$: c\n", "a: !raw\n", "a:\n  !secret b\n", "a:\n  b\n",
        "a:\n  'b'\n", "a:\n  [b]\n", "-\n  a\n", "a: - b\n  - c",
    ]

    @Test(arguments: traps) func itFallsIntoNoTrap(_ text: String) throws {
        for text in [
            text, text + "\n", text + "\nk: v\n", "k: v\n" + text, "k:\n- " + text, "k: {x: y}\n\n\(text) # c\n",
        ] {
            try expectAgreement(text)
        }
    }

    @Test(arguments: [998, 999, 1000, 1020, 1022, 1023, 1024, 1025, 1030]) func aKeyMayNotBeLong(_ count: Int) throws {
        let key = String(repeating: "k", count: count)
        for text in [
            "\(key): v\n", "'\(key)': v\n", "a: {\(key): v}\n", "a: {\"\(key)\":v}\n", "\(key)   : v\n",
            "- \(key): v\n",
        ] {
            try expectAgreement(text)
        }
        try expectAgreement(String(repeating: "é", count: count) + ": v\n")
        try expectAgreement("a:\n- \(key)\n- [\(key)]\n- '\(key)'\n")
    }

    @Test(arguments: [60, 63, 64, 65, 126, 127, 128, 129, 130]) func nestingHasTheSameLimit(_ depth: Int) throws {
        try expectAgreement((0..<depth).map { String(repeating: " ", count: $0) + "a:\n" }.joined())
        try expectAgreement("a:\n " + String(repeating: "- ", count: depth) + "x\n")
        try expectAgreement("a: " + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "\n")
    }

    @Test(arguments: [2, 16, 17, 18, 33, 5000]) func equalKeysAreFoundInMapsOfAnySize(_ count: Int) throws {
        let keys = (0..<count).map { "key\($0 * 7): v\n" }
        #expect(Agreement(keys.joined()).isTaken)
        #expect(!Agreement((keys + [keys[count / 2]]).joined()).isTaken)
        #expect(!Agreement((keys + ["'key0': v\n"]).joined()).isTaken)
    }

    // MARK: Many files

    @Test func itAgreesAboutEveryFile() throws {
        let texts = Corpus.all
        #expect(texts.count > 300)
        for text in texts { try expectAgreement(text) }
    }

    @Test func itAgreesAboutRandomEdits() throws {
        // For a long run: RESOLVE_YAML_EDITS=1000000 RESOLVE_YAML_SEED=7, and this test alone.
        let environment = ProcessInfo.processInfo.environment
        let count = environment["RESOLVE_YAML_EDITS"].flatMap { Int($0) } ?? 20_000
        let seed = environment["RESOLVE_YAML_SEED"].flatMap { UInt64($0) } ?? 20
        var edits = YAMLEdits(of: Corpus.all, seed: seed)
        var taken = 0
        for index in 0..<count {
            let text = edits.next()
            let agreement = Agreement(text, isSecret: index % 4 == 0)
            if agreement.isTaken { taken += 1 }
            try #require(agreement.difference == nil, "\(String(decoding: text, as: UTF8.self).debugDescription)")
        }
        #expect(taken > count / 8)
    }

    private func expectAgreement(_ text: String) throws { try expectAgreement(Array(text.utf8)) }

    private func expectAgreement(_ text: [UInt8]) throws {
        for isSecret in [false, true] {
            let difference = Agreement(text, isSecret: isSecret).difference
            #expect(difference == nil, "\(String(decoding: text, as: UTF8.self).debugDescription)")
        }
    }
}

/// The texts at hand.
private enum Corpus {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func files(in folder: String) -> [(name: String, bytes: [UInt8])] {
        let folder = root.appending(path: folder)
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
        return paths.sorted().compactMap { path in
            guard let data = try? Data(contentsOf: folder.appending(path: path)) else { return nil }
            return (path, Array(data))
        }
    }

    /// The examples, the files of the goldens, the fuzzer's seeds, and the shared cases if they lie beside the project.
    static let all: [[UInt8]] = {
        let yaml = [".yaml", ".yml", ".sls"]
        var texts = files(in: "examples").filter { file in yaml.contains(where: file.name.hasSuffix) }.map(\.bytes)
        texts += files(in: "Tests/Fuzz/YAML/corpus").map { Array($0.bytes.dropFirst()) }
        for file in files(in: "Tests/Goldens/cases") { texts += sections(of: file.bytes) }
        if let data = try? Data(contentsOf: root.deletingLastPathComponent().appending(path: "shared/yaml/cases.json")),
            let cases = try? OrderedJSON.parsed(Array(data))
        {
            for one in cases.items { if case .string(let text)? = one["yaml"] { texts.append(Array(text.utf8)) } }
        }
        return texts
    }()

    /// A golden's sections, whatever is in them.
    private static func sections(of golden: [UInt8]) -> [[UInt8]] {
        var sections: [[UInt8]] = [[]]
        for line in golden.split(separator: 0x0A, omittingEmptySubsequences: false) {
            if line.starts(with: "-- ".utf8) {
                sections.append([])
            } else {
                sections[sections.count - 1] += line + [0x0A]
            }
        }
        return sections
    }
}
