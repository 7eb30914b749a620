import Foundation
import TestSupport

/// One whole-program test: the files of a site, then commands with what each prints and how it ends.
///
/// The text form, one file a case:
///
///     # What is shown, for people.
///     -- site.yaml --
///     defaults: {}
///     -- $ resolve list envs --
///     dev
///     -- stderr --
///     -- exit 1 --
///
/// What follows a command's line is its stdout; `stderr` and `exit` may be left out when empty and 0. `\u{…}` stands for
/// a character that a text file should not hold, and a file whose name ends with ` (no newline)` has none at its end.
struct Golden {
    let name: String
    var comment = ""
    var files: [(path: String, text: String)] = []
    var sessions: [Session] = []

    struct Session {
        let command: String
        var stdout = ""
        var stderr = ""
        var exit: Int32 = 0

        /// Runs `resolve`, or, where the case needs another program first, the shell.
        func run(in folder: URL) throws -> Program.Result {
            guard command.hasPrefix("resolve") else { return try Program.shell(command, in: folder) }
            // Quotes are not needed: no golden has a word with a space.
            return try Program.run(command.split(separator: " ").dropFirst().map(String.init), in: folder)
        }
    }

    init(name: String, text: String) {
        self.name = name
        var section: String?
        var lines: [Substring] = []
        let written = text.hasSuffix("\n") ? text : text + "\n"
        for line in (written + "-- end --").split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("-- "), line.hasSuffix(" --") else {
                lines.append(line)
                continue
            }
            close(section, lines)
            section = String(line.dropFirst(3).dropLast(3))
            lines = []
        }
    }

    private mutating func close(_ section: String?, _ lines: [Substring]) {
        let text = lines.map { $0 + "\n" }.joined()
        guard let section else {
            comment = text
            return
        }
        if section.hasPrefix("$ ") {
            sessions.append(Session(command: String(section.dropFirst(2)), stdout: text))
        } else if section == "stderr", !sessions.isEmpty {
            sessions[sessions.count - 1].stderr = text
        } else if section.hasPrefix("exit "), !sessions.isEmpty {
            sessions[sessions.count - 1].exit = Int32(section.dropFirst(5)) ?? -1
        } else if section.hasSuffix(Self.noNewline) {
            files.append((String(section.dropLast(Self.noNewline.count)), Self.unescaped(String(text.dropLast()))))
        } else {
            files.append((section, Self.unescaped(text)))
        }
    }

    private static let noNewline = " (no newline)"

    /// The case as a text, with what the commands really printed.
    func text(_ sessions: [Session], files written: String) -> String {
        var text = written
        for session in sessions {
            text += "-- $ \(session.command) --\n" + session.stdout
            if !session.stderr.isEmpty { text += "-- stderr --\n" + session.stderr }
            if session.exit != 0 { text += "-- exit \(session.exit) --\n" }
        }
        return text
    }

    private static func unescaped(_ text: String) -> String {
        text.replacing(#/\\u\{([0-9a-f]+)\}/#) { match in
            UInt32(match.1, radix: 16).flatMap(Unicode.Scalar.init).map { String($0) } ?? ""
        }
    }
}
