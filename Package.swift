// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .strictMemorySafety(),
  ]
  + (Context.environment["CI"] == nil
    ? []
    : [.treatAllWarnings(as: .error), .treatWarning("DeprecatedDeclaration", as: .warning)])

let nio: [Target.Dependency] = [
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
  .product(name: "NIOHTTP1", package: "swift-nio"),
]
let tls: [Target.Dependency] = [
  .product(name: "NIOTLS", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
/// What the server is made with.
let http: [Target.Dependency] = [
  .product(name: "Hummingbird", package: "hummingbird"), .product(name: "HummingbirdCore", package: "hummingbird"),
  .product(name: "HummingbirdTLS", package: "hummingbird"), .product(name: "HTTPTypes", package: "swift-http-types"),
  .product(name: "NIOHTTPTypes", package: "swift-nio-extras"), .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
  .product(name: "NIOWebSocket", package: "swift-nio"),
  .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
  .product(name: "UnixSignals", package: "swift-service-lifecycle"),
]
/// For the certificate that the server makes for itself.
let certificates: [Target.Dependency] = [
  .product(name: "X509", package: "swift-certificates"), .product(name: "SwiftASN1", package: "swift-asn1"),
]
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// What Benchmarks/run builds beside the program: only with SLIPWAY_BENCHMARKS set.
let benchmarks: [Target] =
  Context.environment["SLIPWAY_BENCHMARKS"] == nil
  ? []
  : [
    .executableTarget(
      name: "ConfigCorpus", dependencies: ["ComposeFile", "Orchestration"], path: "Benchmarks/ConfigCorpus",
      swiftSettings: settings)
  ]

let package = Package(
  name: "slipway",
  products: [.executable(name: "slipway", targets: ["slipway"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
  ],
  targets: [
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),

    // Not a system library target: the library is loaded when it is needed (docs/decisions/0012).
    .target(name: "CSSH", cSettings: [.define("_GNU_SOURCE")]),

    // Calls of Linux that Swift's Glibc does not show.
    .target(name: "CLinux"),

    library("ComposeFile", ["CYAML", crypto]),
    library("ImageVersioning"),
    library("StackPlanning", ["ComposeFile", "ImageVersioning"]),
    library("DockerEngine", nio + tls + [logging]),
    library("RevisionStore", [.product(name: "GRDB", package: "GRDB.swift"), crypto, logging]),
    library("SSHTransport", ["CSSH", crypto]),
    library("SlipwayAPI", ["ComposeFile"]),
    library("LogStreaming", ["DockerEngine", .product(name: "NIOCore", package: "swift-nio")]),
    library("Accounts", ["RevisionStore", crypto, cryptoExtras]),
    library(
      "SlipwayClient",
      ["ComposeFile", "SlipwayAPI", .product(name: "NIOWebSocket", package: "swift-nio")] + nio
        + [.product(name: "NIOSSL", package: "swift-nio-ssl")]),
    library(
      "Orchestration",
      [
        "ComposeFile", "ImageVersioning", "StackPlanning", "DockerEngine", "RevisionStore", "SSHTransport", logging,
        .product(name: "Subprocess", package: "swift-subprocess"), .product(name: "SystemPackage", package: "swift-system"),
      ]),
    library(
      "SlipwayServer",
      [
        "CLinux", "ComposeFile", "StackPlanning", "DockerEngine", "RevisionStore", "SSHTransport", "Accounts", "LogStreaming",
        "Orchestration", "SlipwayAPI",
      ]
        + nio + tls + http + certificates + [logging, crypto]),
    .executableTarget(
      name: "slipway",
      dependencies: [
        "ComposeFile", "ImageVersioning", "StackPlanning", "DockerEngine", "RevisionStore", "SSHTransport", "LogStreaming",
        "Accounts", "Orchestration", "SlipwayAPI", "SlipwayClient", "SlipwayServer",
        .product(name: "ArgumentParser", package: "swift-argument-parser"), logging,
      ],
      swiftSettings: settings),

    library("SlipwayTesting", nio + ["ComposeFile", "DockerEngine"]),
    tests("ComposeFileTests", ["ComposeFile", "SlipwayTesting"]),
    tests("ImageVersioningTests", ["ImageVersioning"]),
    tests("StackPlanningTests", ["StackPlanning", "ComposeFile", "SlipwayTesting"]),
    tests(
      "DockerEngineTests",
      ["DockerEngine", "SlipwayTesting", .product(name: "NIOEmbedded", package: "swift-nio")] + nio + tls),
    tests("RevisionStoreTests", ["RevisionStore", .product(name: "GRDB", package: "GRDB.swift"), crypto]),
    tests("SSHTransportTests", ["SSHTransport", "SlipwayTesting"]),
    tests(
      "LogStreamingTests", ["LogStreaming", "DockerEngine", "SlipwayTesting", .product(name: "NIOCore", package: "swift-nio")]),
    tests("AccountsTests", ["Accounts", "RevisionStore"]),
    tests(
      "OrchestrationTests",
      ["Orchestration", "StackPlanning", "ComposeFile", "DockerEngine", "RevisionStore", "SSHTransport", "SlipwayTesting"]),
    tests("SlipwayClientTests", ["SlipwayClient", "SlipwayAPI", "SlipwayTesting"]),
    tests("SlipwayTests", ["slipway", "ComposeFile", "DockerEngine", "Orchestration", "SlipwayClient"]),
    tests(
      "SlipwayServerTests",
      [
        "SlipwayServer", "SlipwayAPI", "Accounts", "ComposeFile", "DockerEngine", "LogStreaming", "Orchestration",
        "RevisionStore",
        "SlipwayTesting", .product(name: "HTTPTypes", package: "swift-http-types"), logging, crypto,
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOWebSocket", package: "swift-nio"),
      ] + certificates),
    tests("EngineTests", ["DockerEngine", "LogStreaming", "SlipwayTesting"]),
    tests("EndToEndTests", ["SlipwayTesting"]),
    tests("FaultTests", ["SlipwayTesting"]),
    tests("RemoteTests", ["SSHTransport", "DockerEngine", "LogStreaming", "Orchestration", "SlipwayTesting"]),
  ] + benchmarks,
  swiftLanguageModes: [.v6]
)

// `scripts/tsan` sets this: of the tests, only those of what many threads share; and locks that the sanitizer sees.
if Context.environment["SLIPWAY_TSAN"] != nil {
  let chosen = ["DockerEngineTests", "LogStreamingTests", "SlipwayServerTests", "AccountsTests", "SlipwayTests"]
  package.targets.removeAll { $0.type == .test && !chosen.contains($0.name) }
  for target in package.targets where target.type != .system { target.dependencies.append("SeenLocks") }
  package.targets.append(
    .target(name: "SeenLocks", path: "Tests/ThreadSanitizer", swiftSettings: [.swiftLanguageMode(.v5)]))
}

// `scripts/fuzz` sets this: its program is made of few targets and no packages, so that the sanitizers see what they are for.
if Context.environment["SLIPWAY_FUZZ"] != nil {
  package.products = []
  package.dependencies = []
  package.targets = [
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1"),
    .target(name: "Crypto", path: "Fuzz/Sources/Crypto", swiftSettings: settings),
    library("ComposeFile", ["CYAML", "Crypto"]),
    library("ImageVersioning"),
    .executableTarget(
      name: "slipway-fuzz", dependencies: ["ComposeFile", "ImageVersioning"], path: "Fuzz/Sources/SlipwayFuzz",
      swiftSettings: settings),
  ]
}
