import Diagnostics
import Testing

/// Places by hashes tell what a dictionary would.
@Suite struct HashedPlacesTests {
    /// Hashes of which many are equal, some are near, and none is nothing special.
    private static let hashes: [[UInt64]] = [
        [], [0], [7, 7, 7], Array(0..<1000), (0..<1000).map { $0 * 64 }, (0..<300).map { $0 % 5 },
        (0..<2000).map { HashedPlaces.hash($0, $0 << 40) }, [.max, .max - 1, 0, 1],
    ]

    @Test(arguments: hashes) func placesAreFound(_ hashes: [UInt64]) {
        let places = HashedPlaces(hashes.count) { hashes[$0] }
        for (place, hash) in hashes.enumerated() {
            #expect(places.place(hash) { $0 == place } == place)
        }
        for other in [UInt64(3), 999_999, .max] where !hashes.contains(other) {
            #expect(places.place(other) { hashes[$0] == other } == nil)
        }
    }

    /// What has an equal hash is refused, and hardly anything else.
    @Test(arguments: hashes) func equalHashesAreToldOf(_ hashes: [UInt64]) {
        var places = HashedPlaces(capacity: hashes.count)
        var known: Set<UInt64> = []
        for (place, hash) in hashes.enumerated() {
            let isNew = places.putNew(place, hash)
            #expect(!(isNew && known.contains(hash)))
            guard isNew else { continue }
            known.insert(hash)
            #expect(places.place(hash) { $0 == place } == place)
        }
        let mixed = (0..<3000).map { HashedPlaces.hash($0, $0 &* 977) }
        var all = HashedPlaces(capacity: mixed.count)
        let refused = mixed.enumerated().count { !all.putNew($0, $1) }
        #expect(refused == 0)
    }

    @Test(arguments: hashes) func oneByOneIsTheSame(_ hashes: [UInt64]) {
        var places = HashedPlaces(0) { hashes[$0] }
        for count in 1..<max(hashes.count + 1, 2) where count <= hashes.count {
            places.append { hashes[$0] }
            #expect(places.place(hashes[count - 1]) { $0 == count - 1 } == count - 1)
        }
        for (place, hash) in hashes.enumerated() { #expect(places.place(hash) { $0 == place } == place) }
    }

    @Test func placesMayBeAnywhere() {
        var places = HashedPlaces(capacity: 100)
        for place in 0..<100 { places.put(place * 7 + 3, UInt64(place % 10)) }
        for place in 0..<100 {
            #expect(places.place(UInt64(place % 10)) { $0 == place * 7 + 3 } == place * 7 + 3)
        }
        #expect(places.place(3) { $0 == 4 } == nil)
    }

    /// The first of several that are right, as they were added.
    @Test func theFirstCounts() {
        let places = HashedPlaces(40) { UInt64($0 % 4) }
        for hash in 0..<4 { #expect(places.place(UInt64(hash)) { $0 % 4 == hash } == hash) }
    }
}
