/// Numbers that are given out once each: `pools` of `site.yaml` (DESIGN §10).
package struct NumberPool: Sendable {
    package let name: Key
    package let from: Int
    package let to: Int
    package let except: Set<Int>

    package init(name: Key, from: Int, to: Int, except: Set<Int>) {
        self.name = name
        self.from = from
        self.to = to
        self.except = except
    }

    package func contains(_ number: Int) -> Bool { number >= from && number <= to && !except.contains(number) }

    /// The lowest number from `start` on that is not taken; nil if there is none.
    package func next(from start: Int, _ isTaken: (Int) -> Bool) -> Int? {
        var number = max(start, from)
        while number <= to {
            if !except.contains(number), !isTaken(number) { return number }
            number += 1
        }
        return nil
    }
}
