package import Diagnostics

// What can be wrong with encrypted files. Nothing here says a value.

extension Diagnostic {
    static func malformed(_ reason: String, at span: Span) -> Diagnostic {
        Diagnostic(
            .unreadableSecrets, "the SOPS file cannot be read: \(reason)", at: span,
            help: "restore it from git, or edit it with sops only")
    }

    static func conflict(at span: Span) -> Diagnostic {
        Diagnostic(
            .unreadableSecrets, "a merge conflict stands in a SOPS file", at: span,
            help: "take one side (`git checkout --ours` or `--theirs`) and enter the other's changes with sops")
    }

    static func pastedTogether(at span: Span) -> Diagnostic {
        Diagnostic(
            .unreadableSecrets, "two SOPS files stand in one", at: span,
            notes: ["each has its own data key, so that one MAC cannot cover both"],
            help: "part them; to join them, decrypt both and encrypt the whole with sops")
    }

    static func noAgeRecipient(_ others: [String], at span: Span) -> Diagnostic {
        guard !others.isEmpty else { return malformed("it names no recipient that could open it", at: span) }
        return Diagnostic(
            .unreadableSecrets,
            "this SOPS file is encrypted for \(others.joined(separator: ", ")) only, which is not supported", at: span,
            help: "add one: `sops rotate --in-place --add-age age1… FILE`")
    }

    /// Ciphertext is never a value.
    package static func lostMetadata(_ path: String, at span: Span) -> Diagnostic {
        Diagnostic(
            .unreadableSecrets, "\(path) holds SOPS ciphertext, but no sops section", at: span,
            help: "restore the file from git: without that section nobody can open it")
    }

    /// A file of a form that is recognised and not read.
    package static func unsupportedFile(_ path: String, _ form: String, at span: Span) -> Diagnostic {
        Diagnostic(
            .unreadableSecrets, "\(path) is encrypted with \(form), which is not read", at: span,
            help: "encrypt it with sops and age: `sops encrypt --age age1… secrets.yaml > secrets.yaml.enc`")
    }

    package static func damaged(_ path: String, _ reason: String, at span: Span) -> Diagnostic {
        Diagnostic(
            .unreadableSecrets, "\(path) cannot be opened: \(reason)", at: span,
            help: "restore it from git or encrypt it anew")
    }

    /// - Parameter wanted: who can open the file.
    package static func noIdentity(
        _ path: String, _ wanted: [String], _ keyring: Keyring, _ fitting: [String] = [], at span: Span
    ) -> Diagnostic {
        let isPassphrase = wanted == [AgeFile.passphrase]
        return Diagnostic(
            .noIdentity, "no \(isPassphrase ? "passphrase" : "identity") opens \(path)", at: span,
            notes: wanted.map { "the file wants \($0)" }
                + fitting.map { "\($0) would fit, but it is protected by a passphrase" } + keyring.account,
            help: isPassphrase
                ? "type it on the terminal, or say where it is with --passphrase-file FILE"
                : "say where the identity is with --identity FILE, or $SOPS_AGE_KEY_FILE; --redact needs none")
    }

    static func valueFails(_ name: String, at span: Span) -> Diagnostic {
        Diagnostic(
            .valueFails, "the GCM check failed at \(name): moved, renamed or altered", at: span,
            help: "restore the line from git; edit the file with sops only")
    }

    static func malformedValue(_ name: String, at span: Span) -> Diagnostic {
        Diagnostic(
            .valueFails, "the ciphertext of \(name) is malformed", at: span,
            help: "restore the line from git; edit the file with sops only")
    }

    static func notEncrypted(_ name: String, at span: Span) -> Diagnostic {
        Diagnostic(
            .valueFails, "\(name) is not encrypted, though the file's rule says that it is", at: span,
            notes: ["it was added by hand, and anyone can read it in the file's history"],
            help: "enter it with sops, and change it where it is used")
    }

    static func strayCiphertext(_ name: String, at span: Span) -> Diagnostic {
        Diagnostic(
            .valueFails, "\(name) is ciphertext, though the file's rule says that it is in clear", at: span,
            help: "restore the line from git; change what is encrypted with sops only")
    }

    static func badType(_ name: String, at span: Span) -> Diagnostic {
        Diagnostic(
            .valueFails, "\(name) is not of the type that its ciphertext names", at: span,
            help: "restore the line from git; edit the file with sops only")
    }

    static func noMAC(at span: Span) -> Diagnostic {
        Diagnostic(
            .macDiffers, "the SOPS file has no MAC, so that nothing vouches for its whole", at: span,
            help: "restore it from git, or encrypt it anew with sops")
    }

    static func macFails(at span: Span) -> Diagnostic {
        Diagnostic(
            .macDiffers, "the MAC cannot be opened: it or lastmodified was altered", at: span,
            help: "restore the sops section from git")
    }

    static func macDiffers(at span: Span) -> Diagnostic {
        Diagnostic(
            .macDiffers, "the MAC does not match: a value was added, removed, reordered or edited by hand", at: span,
            help: "compare with git; edit the file with sops only")
    }

    package static func oddKey(_ remark: KeyRemark) -> Diagnostic {
        Diagnostic(.oddKey, .warning, "\(remark.place): \(remark.text)", at: nil)
    }
}

extension Code {
    package static let unreadableSecrets = Code(
        "R0501", "an encrypted file that cannot be read",
        explanation: """
            Encrypted files are recognised by their content, whatever their name: age files and SOPS files are opened, \
            anything else is named and refused. This one is of a form that is not supported, or damaged: cut off, altered, \
            with a merge conflict inside, or two files pasted together. To take its ciphertext for values would write it \
            into tfvars as a password.
            """,
        example: """
            $ resolve vars dev
            -- site.yaml --
            -- secrets.yaml --
            api_tokens: {pve: "ENC[AES256_GCM,data:x,iv:x,tag:x,type:str]"}
            sops: {pgp: [{fp: x}], mac: x}
            -- envs/dev.yaml --
            vms: []
            """,
        fix: "Do what the message says: mostly restore the file from git, or encrypt it anew with sops and age.")

    package static let noIdentity = Code(
        "R0504", "no identity opens the secrets",
        explanation: """
            The output needs secrets, and of the identities at hand none opens their file. The notes list who can open \
            it and which identities there are. Identities are looked for in `--identity`, `$SOPS_AGE_KEY`, \
            `$SOPS_AGE_KEY_FILE`, `$SOPS_AGE_KEY_CMD`, `$SOPS_AGE_SSH_PRIVATE_KEY_FILE`, sops's own `age/keys.txt`, and \
            `~/.ssh/id_ed25519`. The exit status is 2: the site is not wrong.
            """,
        example: """
            $ resolve vm web --vmid 100 --preset small
            -- site.yaml --
            -- secrets.yaml.enc --
            \(Code.someAgeFile)
            -- nodes/pve.yaml --
            datastore: local
            -- presets/small.yaml --
            cores: 1
            """,
        fix: "Name the identity's file with `--identity`, or write with `--redact`, which needs none.",
        isAboutRun: true)

    package static let valueFails = Code(
        "R0505", "a value of a SOPS file that does not verify",
        explanation: """
            SOPS binds each value to its keys. This one was moved to another key, its key was renamed, its ciphertext was \
            altered, or it stands there unencrypted. Nothing of the file is used then.
            """,
        example: sealedExample(replacing: ("FjZirxOIwzZ/", "FjZirxOIwzZa")),
        fix: "Restore the line from git. Rename and move values with sops only.")

    package static let macDiffers = Code(
        "R0506", "a SOPS file whose MAC does not match",
        explanation: """
            Each value is sound, but not their whole: one was added, removed, put into another place of a list, or a clear \
            value was edited. SOPS keeps a MAC over all of them, which is always verified.
            """,
        example: sealedExample(replacing: ("site_unencrypted: home", "site_unencrypted: work")),
        fix: "Compare the file with git, restore it, and make the change with sops.")

    package static let oddKey = Code(
        "R0507", "a key file that cannot be used",
        explanation: """
            One of the places where identities are looked for holds something else: a recipient instead of an identity, \
            an SSH key of another type or behind a passphrase, a plugin's identity, a line with a slip. It is passed over, \
            and its content is never shown.
            """,
        example: """
            $ resolve vm web --vmid 100 --preset small -i keys.txt
            -- site.yaml --
            -- keys.txt --
            age1tr79cywf97v426cajyhuu34hk7hflj6k2es6lf64ls8d7hcmfswqgeq7yh
            -- secrets.yaml.enc --
            \(Code.someAgeFile)
            -- nodes/pve.yaml --
            datastore: local
            -- presets/small.yaml --
            cores: 1
            """,
        fix: "Name a file with identities: lines that begin with AGE-SECRET-KEY-, or an unprotected Ed25519 key.")

    /// A SOPS file with one slip in it, and the identity that opens it, made for these pages alone.
    private static func sealedExample(replacing slip: (right: String, wrong: String)) -> String {
        """
        $ resolve secrets decrypt secrets.yaml.enc --identity keys.txt
        -- keys.txt --
        AGE-SECRET-KEY-1URCHSYFPLJQ6AQW0HJTWU2RAM6ZVR6PAZGDF8L0LTMME53FYMELQ37T9V4
        -- secrets.yaml.enc --
        \(sealed.replacing(slip.right, with: slip.wrong))
        """
    }

    /// The head of an age file, as a part of an example.
    package static let someAgeFile = """
        age-encryption.org/v1
        -> X25519 TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc
        hjabGXwSLQ9c3S6Lw2i+S2Tu2fiwQHHslbBN6B41FLE
        --- WyJp9F/9FOZh7gJdheq2WIJcwHgYc8NIVh3ddwhrcNg
        """

    /// A sound SOPS file, as a part of an example.
    package static func sealedFile(_ path: String) -> String { "-- \(path) --\n\(sealed)" }

    private static let sealed = """
        passwords:
            vm_root: ENC[AES256_GCM,data:FjZirxOIwzZ/,iv:XCSCFXen3VOpJj65ZQ2+n4P5jJOYykDbeKcH9pHGCnI=,tag:aeGJ+SIWnUvujXXgKR4IVw==,type:str]
        site_unencrypted: home
        sops:
            age:
                - recipient: age1taj59024k3lueuccfjpdal5yl3yg4tw0dm8n8na4t0msdrn7sshsekc08j
                  enc: |
                    -----BEGIN AGE ENCRYPTED FILE-----
                    YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBBRmw4dk83ZkpLTjlIWC9t
                    S1hxSFJEb1ArMWVBTFJtM1RTSGRvNk5Jc2t3ClVjVnU5ekczY2d2NkkzQmtmYWEx
                    M0cydy90R3R4K09vSEdTVWFLYmRBZFUKLS0tIFh1SFlqZm5VQ3VQZ3pldGRMOXB4
                    NzIydCtrT3p6cmkyam1MSnV3SDFOcmcK1cay66CXYoHdHa6cSjBtHXvUdM3ErO8k
                    1iTLYH6oDla+qwFRcNDM/63pf8nQ4U65qV91IHyRDqg6GEmOiMbFMg==
                    -----END AGE ENCRYPTED FILE-----
            lastmodified: "2026-11-21T08:18:37Z"
            mac: ENC[AES256_GCM,data:VNIxOfPZ4WF3y1JR1mEkEK6Ix7zFXWoKemBn4RFvdG/RjXFGXGqWZr2X78weC59w+UaWLB0fJxiWRT7UOaiN+VncZJ9AJ5Qtn693vYxlRYu/Fg7iiOOp2rjPY/HFBeANuIyFJJ03MdiP0cshuaqQWeQ2GtAgXllXEPnFnYXHtxA=,iv:vktq5Pfkhr0tTMUM3jWeA4ogLboUXWIYMMCJU18VNAg=,tag:KbWnXLl+xwaYS+2KH7ccww==,type:str]
            unencrypted_suffix: _unencrypted
            version: 3.11.0
        """

    /// The codes of this module.
    package static let ofSecrets: [Code] = [.unreadableSecrets, .noIdentity, .valueFails, .macDiffers, .oddKey]
}
