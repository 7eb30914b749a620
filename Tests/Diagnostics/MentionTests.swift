import Diagnostics
import Testing

/// Whether a text speaks of passwords is asked of every file: wherever in it that stands.
@Suite struct MentionTests {
    private func source(_ text: String) -> Source {
        Source(id: SourceID(index: 0), path: "test.yaml", bytes: Array(text.utf8), isSecret: false)
    }

    @Test(arguments: [
        ("", false), ("pass", false), ("passwd: x", true), ("priv_passwd: x", true), ("nopasswd: x", false),
        ("no-passwd", true),
        ("passw", false), ("ansible_pass: x", true), ("pass: x\nansible: y", true), ("ansible", false),
        ("Passwd", false),
        ("nopasswd passwd", true), ("bypass\nansible", false), ("passw\nd", false),
    ]) func passwordsAreFoundAnywhere(_ text: String, _ isMentioned: Bool) {
        for count in [0, 1, 57, 58, 59, 60, 61, 62, 63, 64, 65, 120, 126, 127, 128, 200] {
            let blanks = String(repeating: " ", count: count)
            #expect(source(blanks + text).mentionsPasswords == isMentioned)
            #expect(source(blanks + text + blanks).mentionsPasswords == isMentioned)
        }
    }

    @Test(arguments: [("pasword", true), ("passwort", true), ("pass", false), ("a@b", true), ("bypassword", false)])
    func spellingsAreFoundAnywhere(_ text: String, _ isMentioned: Bool) {
        for count in 0..<140 {
            let blanks = String(repeating: "\n", count: count)
            #expect(source(blanks + text).seemsToMentionPasswords == isMentioned)
            #expect(source(blanks + text + blanks).seemsToMentionPasswords == isMentioned)
        }
    }
}
