internal import Glibc

/// How a run ends (DESIGN §5). When several fit, wrong content comes before what could not be run.
enum ExitStatus: Int32 {
    case done = 0
    case wrongContent = 1
    case couldNotRun = 2
    case usage = 64
    case bug = 70

    func exit() -> Never { Glibc.exit(rawValue) }
}

/// Why a run ended without a result, in words for stderr.
struct Failure: Error {
    let message: String
    let status: ExitStatus

    static func usage(_ message: String) -> Failure { Failure(message: message, status: .usage) }

    static func couldNotRun(_ message: String) -> Failure { Failure(message: message, status: .couldNotRun) }
}
