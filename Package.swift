// swift-tools-version: 6.2
import PackageDescription

/// Every target is compiled under the same rules (ARCHITECTURE.md, "Invariants"): a warning is an error,
/// imports say what they re-export, and every unsafe construct is marked where it stands.
let rules: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
]

/// Tests may use Foundation to run processes and to read their fixtures, so memory safety is not checked there.
let testRules: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
]

/// One module per arrow that must be forbidden; the arrows are listed in ARCHITECTURE.md.
func room(_ name: String, imports: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: imports, swiftSettings: rules)
}

func tests(_ name: String, of imports: [Target.Dependency], data: [String] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: imports, path: "Tests/" + name, exclude: data, swiftSettings: testRules)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

let targets: [Target] = [
    .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CScheduler"),
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
    room("Diagnostics", imports: []),
    room("YAMLSyntax", imports: ["CLibYAML", "Diagnostics"]),
    room("SecretMemory", imports: ["CSodium"]),
    room("Secrets", imports: ["Diagnostics", "YAMLSyntax", "SecretMemory", crypto]),
    room("SiteModel", imports: ["Diagnostics"]),
    room("Resolution", imports: ["Diagnostics", "YAMLSyntax", "SiteModel"]),
    room("Emitters", imports: ["Diagnostics", "SiteModel"]),
    room(
        "SiteConfig",
        imports: [
            "CScheduler", "Diagnostics", "YAMLSyntax", "SecretMemory", "Secrets", "SiteModel", "Resolution", "Emitters",
            system,
        ]),
    .executableTarget(name: "resolve", dependencies: ["SiteConfig", argumentParser, system], swiftSettings: rules),

    .target(
        name: "TestSupport", dependencies: ["YAMLSyntax", "SiteModel", "Diagnostics"], path: "Tests/Support",
        swiftSettings: testRules),
    tests("Diagnostics", of: ["Diagnostics", "TestSupport"]),
    tests("YAMLSyntax", of: ["YAMLSyntax", "Diagnostics", "TestSupport"]),
    tests("SecretMemory", of: ["SecretMemory"]),
    tests("Secrets", of: ["Secrets", "SecretMemory", "YAMLSyntax", "Diagnostics", "TestSupport"]),
    tests("SiteModel", of: ["SiteModel", "Diagnostics", "TestSupport"]),
    tests("Resolution", of: ["Resolution", "SiteModel", "YAMLSyntax", "Diagnostics", "TestSupport"]),
    tests("Emitters", of: ["Emitters", "Resolution", "SiteModel", "YAMLSyntax", "Diagnostics", "TestSupport"]),
    tests("SiteConfig", of: ["SiteConfig", "SiteModel", "Diagnostics", "TestSupport"]),
    tests("Goldens", of: ["SiteConfig", "resolve", "TestSupport"], data: ["cases"]),
    tests("Commands", of: ["SiteConfig", "resolve", "TestSupport"]),
    tests("House", of: ["SiteConfig"]),
]

let package = Package(
    name: "resolve",
    products: [
        .library(name: "SiteConfig", targets: ["SiteConfig"]),
        .executable(name: "resolve", targets: ["resolve"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: targets
)
