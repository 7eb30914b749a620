import Testing

@Suite struct VersionTests {
    @Test func placeholder() {}
}
