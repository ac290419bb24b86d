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
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")

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
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),

    .systemLibrary(name: "CSSH", pkgConfig: "libssh", providers: [.apt(["libssh-dev"])]),

    library("ComposeFile", ["CYAML", crypto]),
    library("ImageVersioning"),
    library("StackPlanning", ["ComposeFile", "ImageVersioning"]),
    library("DockerEngine", nio + tls + [logging]),
    library("RevisionStore", [.product(name: "GRDB", package: "GRDB.swift"), crypto, logging]),
    library("SSHTransport", ["CSSH", crypto]),
    library("LogStreaming", ["DockerEngine"]),
    library(
      "Orchestration",
      ["ComposeFile", "ImageVersioning", "StackPlanning", "DockerEngine", "RevisionStore", "SSHTransport", logging]),
    .executableTarget(
      name: "slipway",
      dependencies: [
        "ComposeFile", "ImageVersioning", "StackPlanning", "DockerEngine", "RevisionStore", "SSHTransport", "LogStreaming",
        "Orchestration",
        .product(name: "ArgumentParser", package: "swift-argument-parser"), logging,
      ],
      swiftSettings: settings),

    library("SlipwayTesting", nio + ["ComposeFile", "DockerEngine"]),
    tests("ComposeFileTests", ["ComposeFile", "SlipwayTesting"]),
    tests("ImageVersioningTests", ["ImageVersioning"]),
    tests("StackPlanningTests", ["StackPlanning", "ComposeFile", "SlipwayTesting"]),
    tests("DockerEngineTests", ["DockerEngine", "SlipwayTesting"] + nio + tls),
    tests("RevisionStoreTests", ["RevisionStore", .product(name: "GRDB", package: "GRDB.swift")]),
    tests("SSHTransportTests", ["SSHTransport", "SlipwayTesting"]),
    tests("LogStreamingTests", ["LogStreaming", "DockerEngine", "SlipwayTesting"]),
    tests(
      "OrchestrationTests",
      ["Orchestration", "StackPlanning", "ComposeFile", "DockerEngine", "RevisionStore", "SSHTransport", "SlipwayTesting"]),
    tests("SlipwayTests", ["slipway", "ComposeFile", "DockerEngine", "Orchestration"]),
    tests("EngineTests", ["DockerEngine", "LogStreaming", "SlipwayTesting"]),
    tests("EndToEndTests", ["SlipwayTesting"]),
    tests("FaultTests", ["SlipwayTesting"]),
    tests("RemoteTests", ["SSHTransport", "DockerEngine", "LogStreaming", "Orchestration", "SlipwayTesting"]),
  ] + benchmarks,
  swiftLanguageModes: [.v6]
)

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
