import Foundation
import TestSupport
import Testing

/// The plaintext of encrypted secrets stands in nothing that is printed or written, unless it was asked for and the file
/// is sound.
@Suite struct EncryptedLeakTests {
    static let planted = "PLANTED-5f1c9"
    static let identity = "AGE-SECRET-KEY-1URCHSYFPLJQ6AQW0HJTWU2RAM6ZVR6PAZGDF8L0LTMME53FYMELQ37T9V4\n"
    static let sops = """
        api_tokens:
            pve: ENC[AES256_GCM,data:J+6VqTKK/ryDWgZnMEs5eOIpyQ==,iv:VFgqS5e1wgOt7ZXwaJ/SACEMQEHuKhplqjHtakvlrj4=,tag:R5QYIvpro5zUETQn7pCRTw==,type:str]
        passwords:
            vm_root: ENC[AES256_GCM,data:qoaw2sL8EgemWYs+kItVy6w7,iv:CgiL5FcudQjDnU7VjL8NZKDxzHVE5s94bTHuF1WKdzI=,tag:YvNARWEt3uYEbt21sF1C1Q==,type:str]
        ssh_keys:
            joe: ENC[AES256_GCM,data:8DVWpWsvscmPgsL3JMwtQnU=,iv:et7cFVQXV9/3qFntCGdigrxxXfLlrD4291EMmZ9RLK0=,tag:pIzeQx8uBf9Se+r10/t7iQ==,type:str]
        list:
            - ENC[AES256_GCM,data:hyEm887k/qtCqRvnqOKM,iv:z4ht2PVhpNu2SDtiDmQVpjLoPTYUOfzp7FKHt9ydda8=,tag:xxifFoauQBjEPTpktSRVsw==,type:str]
            - ENC[AES256_GCM,data:LNfclAeLLonqWuNWo1Fi,iv:BjtFlCI+G7MGaHjejlnk1Kf3wy3D8JY4FRzXtahdTGY=,tag:vNSslb8dYje+XP5w28BF/A==,type:str]
        x_unencrypted: seen
        sops:
            age:
                - recipient: age1taj59024k3lueuccfjpdal5yl3yg4tw0dm8n8na4t0msdrn7sshsekc08j
                  enc: |
                    -----BEGIN AGE ENCRYPTED FILE-----
                    YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBsT2wvajNkUGx0S2lsaXl0
                    eSs2NkdYRzNNTFNMUXlMOUZMNWpzby9vWENZCkpKSHRqTlo3NHlCUUV6TkFsNk1i
                    SzJvbVk3N3hnWFFSOWlPSlV6cVNtYlUKLS0tIDNZVGFGZkQ5SGphK1pncEFLNjZo
                    UXNuV3R3QUhRRDJsbnNFSHdqL0RZcVkKoEF3vkKNAKd4ksuJrh13tYkuubSo2S1k
                    RK7H7a8Ua/ONdrPesS5ptQV9IIls2ejgoXcvxjoxpeOaVOha5DMcYw==
                    -----END AGE ENCRYPTED FILE-----
            lastmodified: "2026-11-21T09:05:50Z"
            mac: ENC[AES256_GCM,data:+xXX+IkFxReWBq6n634SdHx8Z7udOEwTRx7rgZqiKhilH2YrrS/FdCM9f4Zar8xwVoHrVtJI3zE1C1DUgd1MAqUnwE2DaBg2gFbq3Jpmc3UTGTqtmp2OXryb6BQbBnp2o1Xq2vHs6NQWCLJdZVGF0r+2ePT0x8KTJZfzaiWOrdg=,iv:GSJV/gW05yxOAoc95bLOZlCKdSSXayUW5ESSfJB2iz0=,tag:6MkvB1R52CtFl4TuaanQlg==,type:str]
            unencrypted_suffix: _unencrypted
            version: 3.11.0
        """
    /// Holds YAML with two mistakes, so that something is to be said of its text.
    static let age = """
        -----BEGIN AGE ENCRYPTED FILE-----
        YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBIdVRQY1RLZFNFZEI1WW5i
        dGhNcjNaS280aFlPcTRIazRnNUVvNG5nVVJvCnRjWkVHQjJPY2VTeHIxTHZUb0pk
        dnRaNGNjemF5b0thWmYzYThOelk2NWcKLS0tIGN1M0hsMjZuK1pnc1A0dklZSHha
        ZFBUK21jemVXY2dqaVdxcmZ0ZlZqMDgKCesvSsHJ69siUGL++2oSQ0R86RoFCsZD
        9C38uUHb/Qka6t0RsRkAHpMNECgCuD1Dcu+3FiUVsnrf+V8ploZzTaPsnY2iqOpP
        EYrqUlb/riXK6ODHzgAuBQHYrCtxuUHjRv2vr9KlLvyMkdrMhmo5QA==
        -----END AGE ENCRYPTED FILE-----
        """

    /// What nobody asked to see the values for.
    static let quiet = [
        "resolve env dev --redact", "resolve env dev -i keys.txt --redact -o out.json", "resolve vars dev --redact",
        "resolve validate", "resolve validate --format json", "resolve validate --format sarif",
        "resolve validate --format github", "resolve list envs", "resolve secrets check -i keys.txt",
        "resolve explain env dev -i keys.txt --reveal", "resolve explain vars dev --format json -i keys.txt",
        "resolve secrets check -i keys.txt --format json", "resolve secrets recipients", "resolve read SECRETS",
        "resolve secrets decrypt SECRETS -i keys.txt --redact", "resolve secrets decrypt SECRETS",
        "resolve env dev -i nosuch.txt", "resolve env nosuch -i keys.txt", "resolve help R0505",
        "SOPS_AGE_KEY=PLANTED-5f1c9 resolve env dev", "SOPS_AGE_KEY_CMD='echo PLANTED-5f1c9' resolve env dev",
        "printf PLANTED-5f1c9 > p; resolve secrets decrypt SECRETS --passphrase-file p -i p; rm p",
    ]
    /// What may show them, of a sound file only.
    static let revealing = [
        "resolve env dev -i keys.txt", "resolve env dev -i keys.txt -o out.json", "resolve vars dev -i keys.txt",
        "resolve secrets decrypt SECRETS -i keys.txt", "resolve secrets decrypt SECRETS -i keys.txt -o out.json",
        "resolve --lenient env dev -i keys.txt", "resolve secrets check -i keys.txt", "resolve validate",
        "resolve validate --format sarif -o out.json", "resolve validate --format github",
    ]

    static func files(_ path: String, _ text: String) -> [(path: String, text: String)] {
        [
            ("site.yaml", ""), ("nodes/pve.yaml", "datastore: local\napi_endpoint: https://10.0.0.2:8006\n"),
            ("envs/dev.yaml", "vms: [{name: web, pw: !secret list.0}]\n"), ("keys.txt", identity), (path, text + "\n"),
        ]
    }

    @Test func soundFilesAreSilentUnlessAsked() throws {
        for (path, text) in [("secrets.yaml.enc", Self.sops), ("secrets.yaml.age", Self.age)] {
            try Program.withFolder(Self.files(path, text)) { folder in
                for command in Self.quiet {
                    try Self.expectSilence(command.replacing("SECRETS", with: path), in: folder)
                }
            }
        }
    }

    /// A reader that checks the plaintext of an age file as YAML finds mistakes in it: it says where, not what.
    @Test func whatIsWrongInsideIsNotQuoted() throws {
        try Program.withFolder(Self.files("secrets.yaml.age", Self.age)) { folder in
            for command in [
                "resolve env dev -i keys.txt", "resolve secrets check -i keys.txt",
                "resolve --lenient env dev -i keys.txt",
            ] {
                let printed = try Self.expectSilence(command, in: folder)
                #expect(printed.contains("secrets.yaml.age:"))
            }
        }
    }

    /// Every line gone, doubled, or with another letter in its middle: refused, or it makes no difference.
    @Test(arguments: 0..<sops.split(separator: "\n").count) func damagedFilesShowNothing(_ number: Int) throws {
        let lines = Self.sops.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var forms: [[String]] = [lines, lines, lines]
        forms[0].remove(at: number)
        forms[1].insert(lines[number], at: number)
        var letters = Array(lines[number])
        letters[letters.count / 2] = letters[letters.count / 2] == "A" ? "B" : "A"
        forms[2][number] = String(letters)
        for form in forms {
            try Program.withFolder(Self.files("secrets.yaml.enc", form.joined(separator: "\n"))) { folder in
                let probe = try Program.shell("resolve secrets decrypt secrets.yaml.enc -i keys.txt", in: folder)
                // A recipient's name and SOPS's version are no part of what is protected.
                if probe.status == 0 { return }
                for command in Self.revealing {
                    try Self.expectSilence(command.replacing("SECRETS", with: "secrets.yaml.enc"), in: folder)
                }
            }
        }
    }

    /// Runs a command and looks for the planted word in what it prints and in every file that is there afterwards.
    @discardableResult
    static func expectSilence(_ command: String, in folder: URL) throws -> String {
        let printed = try Program.output(command, in: folder)
        #expect(!printed.contains(planted), "`\(command)` printed:\n\(printed)")
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
            let data = (try? Data(contentsOf: folder.appendingPathComponent(path))) ?? Data()
            #expect(data.range(of: Data(planted.utf8)) == nil, "`\(command)` left it in \(path)")
        }
        return printed
    }
}
