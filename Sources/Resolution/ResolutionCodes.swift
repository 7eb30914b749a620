package import Diagnostics

extension Code {
    /// The codes of this module.
    package static let ofResolution: [Code] = [
        .dangling, .twoStarts, .noSecret, .tokenInClear, .wrongType, .badValue, .unknownKey, .missingField, .formerName,
        .badAddress,
        .shadowed, .noVMs, .unknownMethod, .writtenToken, .cycle, .siblings, .shapes, .badTag, .badRule, .lostMachines,
        .idleTag, .sameNode, .noParent, .circle, .levelOnly, .samePort, .badMAC, .sameMAC, .oddAddress,
        .tooMuchMemory, .overlap, .badAllocation, .quotedTag, .notAllocated, .badLine,
        .secretShows,
        .unusedSecret, .sameName, .sameNumber,
        .sameAddress,
        .nearMiss, .pillarKey, .badMinion, .sameMinion, .samePlace, .rosterField, .storedSecret, .unreachable,
        .doubleNodegroup, .passwordInClear, .saltDirective, .misplacedKey, .strayCiphertext,
        .twoPlaces, .sameGroup, .sameAsHost, .disagreement, .noHostName, .groupCircle, .reservedVariable, .noVariable,
        .badConnection, .ownGroup, .misnamedGroup, .nameless, .idleVariable, .hostsAtOneAddress, .badLabel, .ownLabel,
        .badTarget, .mixedJob, .noTarget, .repeatedTarget, .unusedEntity, .restated, .replacedEverywhere,
    ]
}
