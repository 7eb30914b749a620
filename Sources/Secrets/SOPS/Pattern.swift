/// A regular expression as Go's `regexp` has it, which answers only whether it matches somewhere in a text.
///
/// SOPS decides with Go's expressions which values are encrypted; another dialect would choose other values. The
/// expression becomes a program that is run in all its states at once, so that a match costs at most the length of the
/// program times that of the text, whatever the two say.
package struct Pattern: Sendable {
    private let program: [Instruction]

    /// What a match costs, at most, for each scalar of a text.
    package var cost: Int { program.count }
    private let sets: [ScalarSet]
    private let foldsCase: Bool

    package init(_ text: String) throws(PatternError) {
        var parser = PatternParser(text)
        program = try parser.parse()
        sets = parser.sets
        foldsCase = sets.contains(where: \.foldsCase)
    }

    package func matches(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var before: Unicode.Scalar?
        /// Where the program goes on at this position, and the instructions there that take a scalar.
        var pending: [Int] = []
        var waiting: [Int] = []
        /// The last position at which a state was entered: none is entered twice, or a loop over nothing had no end.
        var entered = [Int](repeating: -1, count: program.count)
        for position in 0...scalars.count {
            let after = position < scalars.count ? scalars[position] : nil
            pending.append(0)
            waiting.removeAll(keepingCapacity: true)
            while let state = pending.popLast() {
                if state == program.count { return true }
                if entered[state] == position { continue }
                entered[state] = position
                switch program[state] {
                case .jump(let offset): pending.append(state + offset)
                case .split(let offset):
                    pending.append(state + offset)
                    pending.append(state + 1)
                case .assertion(let assertion):
                    if assertion.holds(between: before, and: after) { pending.append(state + 1) }
                case .scalar, .any, .set: waiting.append(state)
                }
            }
            guard let after else { break }
            let letter = foldsCase ? CaseFolding.orbit(of: after) : [after]
            for state in waiting where takes(letter, at: state) { pending.append(state + 1) }
            before = after
        }
        return false
    }

    private func takes(_ letter: [Unicode.Scalar], at state: Int) -> Bool {
        switch program[state] {
        case .scalar(let wanted): letter[0].value == wanted
        case .any(let includingNewline): includingNewline || letter[0] != "\n"
        case .set(let index): sets[index].contains(letter)
        case .jump, .split, .assertion: false
        }
    }
}

/// What is wrong with an expression, in Go's words.
package struct PatternError: Error, Equatable {
    package let message: String
}

// MARK: - The program

/// Offsets count from the instruction itself, so that a piece of program can be repeated by copying it. The text has
/// matched when the program's end is reached.
enum Instruction {
    case scalar(UInt32)
    case any(includingNewline: Bool)
    /// One of the scalars of the set with this index.
    case set(Int)
    case assertion(Assertion)
    case jump(Int)
    /// Goes on both at the next instruction and at the offset.
    case split(Int)
}

enum Assertion {
    case beginText, endText, beginLine, endLine, wordBoundary, noWordBoundary

    func holds(between before: Unicode.Scalar?, and after: Unicode.Scalar?) -> Bool {
        switch self {
        case .beginText: before == nil
        case .endText: after == nil
        case .beginLine: before == nil || before == "\n"
        case .endLine: after == nil || after == "\n"
        case .wordBoundary: Self.isWord(before) != Self.isWord(after)
        case .noWordBoundary: Self.isWord(before) == Self.isWord(after)
        }
    }

    private static func isWord(_ scalar: Unicode.Scalar?) -> Bool { scalar?.isWord ?? false }
}

/// A piece of program: one part of the expression.
struct Fragment {
    var code: [Instruction] = []
    /// How often the most repeated part of it is repeated, all counts around that part multiplied.
    var repeats = 1

    static func choice(of branches: [Fragment]) -> Fragment {
        guard let last = branches.last, branches.count > 1 else { return branches.first ?? Fragment() }
        var result = Fragment(repeats: branches.map(\.repeats).max() ?? 1)
        var following = branches.reduce(0) { $0 + $1.code.count + 2 } - 2
        for branch in branches.dropLast() {
            following -= branch.code.count + 2
            result.code.append(.split(branch.code.count + 2))
            result.code += branch.code
            result.code.append(.jump(following + 1))
        }
        result.code += last.code
        return result
    }

    /// The code `least` to `most` times, or as often as there is if `most` is nil.
    func repeated(_ least: Int, _ most: Int?) -> [Instruction] {
        if least == 0, most == nil { return [.split(code.count + 2)] + code + [.jump(-code.count - 1)] }
        var result: [Instruction] = []
        for _ in 0..<least { result += code }
        guard let most else { return result + [.split(-code.count)] }
        for done in least..<most {
            result.append(.split((most - done) * (code.count + 1)))
            result += code
        }
        return result
    }
}
