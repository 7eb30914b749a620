internal import Diagnostics

extension Code {
    static let staysBehind = Code(
        "R0806", "what a migration leaves as it is",
        explanation: """
            `resolve migrate` changes only what means the same afterwards. Where two files contradict each other, or a \
            text cannot be rearranged safely, it leaves the files where they are, says why, and moves the rest. They are \
            read as before.
            """,
        example: """
            $ resolve migrate
            -- site.yaml --
            -- vms/presets/vm-small.yaml --
            cores: 1
            -- v2/presets/vm-small.yaml --
            cores: 2
            """,
        fix: "Settle what the message shows, then migrate again.")

    static let changedMeaning = Code(
        "R0807", "what a migration changes besides places",
        explanation: """
            Every output of the site stays the same. What the message names is not in an output today but may matter to \
            you: a name that command lines use, a key that is not read and goes, a default that is now written down.
            """,
        example: """
            $ resolve migrate
            -- site.yaml --
            -- vms/presets/small.yaml --
            cores: 1
            """,
        fix: "Nothing, if it is what you want.")

    static let ofMigration: [Code] = [.staysBehind, .changedMeaning]
}
