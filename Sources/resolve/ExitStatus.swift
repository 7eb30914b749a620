internal import Glibc
internal import SiteConfig

/// How a run ends (DESIGN §5). When several fit, wrong content comes before what could not be run.
enum ExitStatus: Int32 {
    case done = 0
    case wrongContent = 1
    case couldNotRun = 2
    case usage = 64
    case bug = 70

    /// What was found comes to it, in whichever form it is shown.
    init(_ report: Report) {
        if report.errorCount > report.obstacleCount {
            self = .wrongContent
        } else if !report.failures.isEmpty || report.obstacleCount > 0 {
            self = .couldNotRun
        } else {
            self = report.usage == nil ? .done : .usage
        }
    }

    func exit() -> Never { Glibc.exit(rawValue) }
}

/// Why a run ended without a result, in words for stderr.
struct Failure: Error {
    let message: String
    let status: ExitStatus

    static func usage(_ message: String) -> Failure { Failure(message: message, status: .usage) }

    static func couldNotRun(_ message: String) -> Failure { Failure(message: message, status: .couldNotRun) }
}
