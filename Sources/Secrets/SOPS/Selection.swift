/// Which values of a SOPS document are encrypted: one rule for the whole document.
enum Selection: Sendable {
    case everything
    case unencryptedSuffix(String)
    case encryptedSuffix(String)
    case unencryptedRegex(Pattern)
    case encryptedRegex(Pattern)
    case unencryptedCommentRegex(Pattern)
    case encryptedCommentRegex(Pattern)

    static let defaultSuffix = "_unencrypted"

    /// What the rule says of a place, gathered from the top of the document down to it.
    ///
    /// A match on a level covers all that is below.
    struct State {
        fileprivate var isMatched = false
    }

    /// The state below a key.
    func entering(_ key: String, _ state: State) -> State {
        var state = state
        switch self {
        case .unencryptedSuffix(let suffix), .encryptedSuffix(let suffix):
            state.isMatched = state.isMatched || key.utf8.reversed().starts(with: suffix.utf8.reversed())
        case .unencryptedRegex(let pattern), .encryptedRegex(let pattern):
            state.isMatched = state.isMatched || pattern.matches(key)
        case .everything, .unencryptedCommentRegex, .encryptedCommentRegex: break
        }
        return state
    }

    /// The state of an item behind the comments that stand before it.
    ///
    /// Only comments in clear count: an encrypted one did not match when the document was written.
    func behind(_ comments: [String], _ state: State) -> State {
        switch self {
        case .unencryptedCommentRegex(let pattern), .encryptedCommentRegex(let pattern):
            var state = state
            state.isMatched =
                state.isMatched || comments.contains { !Ciphertext.looksLikeOne($0) && pattern.matches($0) }
            return state
        default: return state
        }
    }

    /// What the rule costs for a text of that many letters, in steps.
    func cost(of letters: Int) -> Int {
        switch self {
        case .unencryptedRegex(let pattern), .encryptedRegex(let pattern), .unencryptedCommentRegex(let pattern),
            .encryptedCommentRegex(let pattern):
            letters.multipliedReportingOverflow(by: pattern.cost).overflow ? .max : letters * pattern.cost
        default: 0
        }
    }

    var looksAtComments: Bool {
        switch self {
        case .unencryptedCommentRegex, .encryptedCommentRegex: true
        default: false
        }
    }

    func isEncrypted(_ state: State) -> Bool {
        switch self {
        case .everything: true
        case .unencryptedSuffix, .unencryptedRegex, .unencryptedCommentRegex: !state.isMatched
        case .encryptedSuffix, .encryptedRegex, .encryptedCommentRegex: state.isMatched
        }
    }
}
