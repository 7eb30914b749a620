/// How a mistake that homestak's Python resolver passes over is taken (DESIGN §2).
package enum Strictness: Sendable {
    /// It is an error.
    case strict
    /// `--lenient`: it is a warning, and the output is what the Python resolver would write.
    case lenient

    /// The severity of such a mistake.
    package var severity: Severity { self == .strict ? .error : .warning }
}
