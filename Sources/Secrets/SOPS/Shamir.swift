internal import SecretMemory

/// Shamir's secret sharing over GF(2^8) with the polynomial 0x11b, as SOPS splits a data key among its key groups.
///
/// A share is the bytes of the secret's polynomials at x, and then x. The arithmetic takes no branch on a secret.
enum Shamir {
    /// The secret; nil if the shares differ in length, or two of them, or one with x = 0, are none.
    static func combine(_ shares: [SecretText]) -> SecretBytes? {
        guard let size = shares.first?.count, size >= 2, shares.allSatisfy({ $0.count == size }) else { return nil }
        let places = shares.map { $0.withBytes { $0[size - 1] } }
        guard !places.contains(0), Set(places).count == places.count else { return nil }
        var secret = SecretBytes(count: size - 1)
        for (index, share) in shares.enumerated() {
            let weight = weight(of: index, among: places)
            share.withBytes { bytes in
                for position in 0..<size - 1 { secret[position] ^= multiply(bytes[position], weight) }
            }
        }
        return secret
    }

    /// Lagrange's coefficient at 0: the product of x_j / (x_j - x_i).
    private static func weight(of index: Int, among places: [UInt8]) -> UInt8 {
        var weight: UInt8 = 1
        for (other, place) in places.enumerated() where other != index {
            weight = multiply(weight, multiply(place, inverse(place ^ places[index])))
        }
        return weight
    }

    static func multiply(_ left: UInt8, _ right: UInt8) -> UInt8 {
        var product: UInt8 = 0
        var shifted = left
        for bit in 0..<8 {
            product ^= shifted & (0 &- (right >> UInt8(bit) & 1))
            shifted = shifted << 1 ^ (0x1B & (0 &- (shifted >> 7)))
        }
        return product
    }

    /// The 254th power: every element but 0 has an inverse.
    static func inverse(_ element: UInt8) -> UInt8 {
        var power = element
        for _ in 0..<6 { power = multiply(multiply(power, power), element) }
        return multiply(power, power)
    }
}
