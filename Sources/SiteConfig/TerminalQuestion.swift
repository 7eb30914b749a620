internal import Glibc
internal import SecretMemory
internal import Secrets
internal import SystemPackage

/// A question that is answered unseen, on the terminal itself: stdin and stdout may be pipes.
enum TerminalQuestion {
    static func ask(for purpose: String) throws(KeyringHostError) -> SecretText {
        let terminal: FileDescriptor
        do {
            terminal = try FileDescriptor.open(FilePath("/dev/tty"), .readWrite, options: [.closeOnExec, .noFollow])
        } catch {
            throw KeyringHostError("there is no terminal to ask on; --passphrase-file FILE reads it from a file")
        }
        defer { try? terminal.close() }
        var before = termios()
        guard unsafe tcgetattr(terminal.rawValue, &before) == 0 else {
            throw KeyringHostError("the terminal cannot be read unseen")
        }
        var unseen = before
        // Signals are taken as letters, so that the terminal is always put back as it was.
        unseen.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        guard unsafe tcsetattr(terminal.rawValue, TCSAFLUSH, &unseen) == 0 else {
            throw KeyringHostError("the terminal cannot be read unseen")
        }
        // A signal ends the question, not the program, which would leave the terminal blind.
        let signals = [SIGHUP, SIGINT, SIGTERM]
        var former: [(number: Int32, action: sigaction)] = []
        for number in signals {
            var quiet = sigaction()
            unsafe quiet.__sigaction_handler.sa_handler = { _ in }
            var before = sigaction()
            _ = unsafe sigaction(number, &quiet, &before)
            former.append((number, before))
        }
        defer {
            for (number, action) in former {
                var action = action
                _ = unsafe sigaction(number, &action, nil)
            }
            _ = unsafe tcsetattr(terminal.rawValue, TCSAFLUSH, &before)
            _ = try? terminal.writeAll("\n".utf8)
        }
        _ = try? terminal.writeAll("passphrase for \(purpose): ".utf8)
        return try answer(from: terminal)
    }

    private static func answer(from terminal: FileDescriptor) throws(KeyringHostError) -> SecretText {
        var letters = SecretBytes(count: 1024)
        var count = 0
        var letter = SecretBytes(count: 1)
        while true {
            let isRead =
                (try? letter.fill { span in
                    try unsafe span.withUnsafeMutableBytes {
                        try unsafe terminal.read(into: $0, retryOnInterrupt: false)
                    }
                }) == 1
            guard isRead else { throw KeyringHostError("the terminal gave no answer") }
            switch letter[0] {
            case 0x0A, 0x0D: return letters.withBytes { SecretText(SecretBytes(copying: $0.extracting(first: count))) }
            case 0x03, 0x04, 0x1A, 0x1C: throw KeyringHostError("no passphrase was given")
            case 0x08, 0x7F:
                while count > 0 {
                    count -= 1
                    // A letter of several bytes goes as one.
                    if letters[count] & 0xC0 != 0x80 { break }
                }
            case 0x15: count = 0
            case let byte:
                guard count < letters.count else { throw KeyringHostError("the passphrase is too long") }
                letters[count] = byte
                count += 1
            }
        }
    }
}
