package import Diagnostics

extension Code {
    /// The codes of this module.
    package static let ofResolution: [Code] = [
        .dangling, .twoStarts, .noSecret, .wrongType, .badValue, .unknownKey, .missingField, .formerName, .badAddress,
        .shadowed, .noVMs, .unknownMethod, .writtenToken, .planned, .sameName, .sameNumber, .sameAddress, .nearMiss,
    ]
}
