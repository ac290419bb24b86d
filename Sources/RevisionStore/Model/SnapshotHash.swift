import Crypto

/// The hashes by which an unchanged deploy is recognised.
///
/// Each part is written with its length before it, so that no two inputs share their bytes.
package enum SnapshotHash {
  /// `input` and the images, in service order.
  package static func snapshot(input: [UInt8], images: [String: ImageRecord]) -> [UInt8] {
    var writer = HashWriter(purpose: "slipway.snapshot.1")
    writer.add(input)
    writer.add(images.count)
    for (service, image) in images.sorted(by: { $0.key < $1.key }) {
      writer.add(service)
      writer.add(image.reference)
      writer.add(image.digest ?? "")
      writer.add(image.imageID)
    }
    return writer.finish()
  }

  /// What a revision is made from, images apart; secrets by their HMAC.
  static func input(
    files: [RevisionFile], variables: [String: RevisionVariable], canonical: ContentReference, profiles: [String],
    scale: [String: Int]
  ) -> [UInt8] {
    var writer = HashWriter(purpose: "slipway.input.1")
    let counted = files.filter { $0.role != .writableBind }
    writer.add(counted.count)
    for file in counted.sorted(by: { $0.path < $1.path }) {
      writer.add(file.path)
      writer.add(file.role.rawValue)
      writer.add(Int(file.mode))
      writer.add(file.content)
    }
    writer.add(variables.count)
    for (name, variable) in variables.sorted(by: { $0.key < $1.key }) {
      writer.add(name)
      switch variable {
      case .plain(let value):
        writer.add("plain")
        writer.add(value)
      case .secret(let mac):
        writer.add("secret")
        writer.add(mac)
      }
    }
    writer.add(canonical)
    writer.add(profiles.count)
    for profile in profiles.sorted() { writer.add(profile) }
    writer.add(scale.count)
    for (service, count) in scale.sorted(by: { $0.key < $1.key }) {
      writer.add(service)
      writer.add(count)
    }
    return writer.finish()
  }
}

/// SHA-256 of bytes that come in pieces.
package struct FileDigest: ~Copyable {
  private var hash = SHA256()

  package init() {}

  package mutating func add(_ bytes: ArraySlice<UInt8>) { hash.update(data: bytes) }

  package consuming func finish() -> [UInt8] { Array(hash.finalize()) }
}

/// Feeds length-prefixed parts to SHA-256.
struct HashWriter {
  private var hash = SHA256()

  init(purpose: String) {
    add(purpose)
  }

  mutating func add(_ bytes: [UInt8]) {
    add(bytes.count)
    hash.update(data: bytes)
  }

  mutating func add(_ text: String) {
    add(Array(text.utf8))
  }

  mutating func add(_ number: Int) {
    hash.update(data: bigEndian(number))
  }

  mutating func add(_ content: ContentReference) {
    switch content {
    case .plain(let sha256, _):
      add("plain")
      add(sha256)
    case .sealed(let mac, _):
      add("sealed")
      add(mac)
    case .hashOnly(let sha256, _):
      add("hash")
      add(sha256)
    }
  }

  consuming func finish() -> [UInt8] {
    Array(hash.finalize())
  }
}

/// Eight bytes, most significant first.
func bigEndian(_ number: Int) -> [UInt8] {
  let bits = UInt64(bitPattern: Int64(number))
  return (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * $0)) }
}
