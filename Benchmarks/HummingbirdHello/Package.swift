// swift-tools-version: 6.2
import PackageDescription

// What Benchmarks/server puts Slipway's HTTP beside; a package of its own, so that nobody else builds it.
let package = Package(
  name: "HummingbirdHello",
  dependencies: [.package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: [])],
  targets: [
    .executableTarget(name: "HummingbirdHello", dependencies: [.product(name: "Hummingbird", package: "hummingbird")])
  ],
  swiftLanguageModes: [.v6]
)
