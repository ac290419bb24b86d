import SSHTransport

/// Files on the machine of an engine.
///
/// What is there is told by nil and by the kind of an entry; every other failure is an `SFTPError`, whatever carries the calls.
protocol ServerFiles: Sendable {
  /// As errors name the machine.
  var server: String { get }
  /// Files that may be open at the same time.
  var openFiles: Int { get }
  /// Whether `rename` takes the place of what has the other name.
  var replacesByRename: Bool { get }
  var makesHardLinks: Bool { get }
  /// Whether no more calls are answered.
  var hasEnded: Bool { get }
  /// Folders from the start folder on, in which each stack has one.
  var place: [String] { get }

  /// The absolute path; `.` is the start folder.
  func realPath(_ path: String) async throws(SFTPError) -> String
  /// Follows links; nil when nothing is there.
  func stat(_ path: String) async throws(SFTPError) -> SFTPAttributes?
  /// Follows no link; nil when nothing is there.
  func lstat(_ path: String) async throws(SFTPError) -> SFTPAttributes?
  /// The names in a folder, without `.` and `..`, in no order.
  func list(_ folder: String) async throws(SFTPError) -> [(name: String, attributes: SFTPAttributes)]
  /// One that is there is fine.
  func makeFolder(_ path: String, mode: UInt32) async throws(SFTPError)
  /// Nothing there is fine, here and in the next two.
  func remove(_ path: String) async throws(SFTPError)
  func removeFolder(_ path: String) async throws(SFTPError)
  /// Follows no link.
  func removeTree(_ path: String) async throws(SFTPError)
  func rename(_ path: String, to other: String) async throws(SFTPError)
  func makeHardLink(_ path: String, to existing: String) async throws(SFTPError)
  func makeLink(_ path: String, to target: String) async throws(SFTPError)
  /// Nil when there is none.
  func readLink(_ path: String) async throws(SFTPError) -> String?
  func setAttributes(_ attributes: SFTPAttributes, of path: String) async throws(SFTPError)
  /// What may still be written there; nil when that is not told.
  func freeBytes(at path: String) async throws(SFTPError) -> UInt64?
  /// Nil when nothing is there.
  ///
  /// - Parameter limit: a larger file is an error.
  func read(_ path: String, limit: Int) async throws(SFTPError) -> [UInt8]?
  /// Writes a whole file onto the disk, with its mode and time. Throws what `source` throws, too.
  func write(
    _ path: String, mode: UInt32, modifiedSeconds: UInt32?, _ creation: SFTPClient.Creation, from source: SFTPClient.Source
  ) async throws
}

extension ServerFiles {
  func write(
    _ path: String, mode: UInt32, modifiedSeconds: UInt32?, from source: SFTPClient.Source
  ) async throws {
    try await write(path, mode: mode, modifiedSeconds: modifiedSeconds, .new, from: source)
  }

  /// Writes bytes that are at hand.
  func write(_ bytes: [UInt8], to path: String, mode: UInt32, _ creation: SFTPClient.Creation) async throws {
    var rest = bytes[...]
    try await write(path, mode: mode, modifiedSeconds: nil, creation) { limit in
      guard !rest.isEmpty else { return nil }
      defer { rest = rest.dropFirst(limit) }
      return Array(rest.prefix(limit))
    }
  }
}

extension SFTPClient: ServerFiles {
  var replacesByRename: Bool { extensions.replacesByRename }
  var makesHardLinks: Bool { extensions.makesHardLinks }
  var hasEnded: Bool { ended != nil }
  var place: [String] { [".local", "share", "slipway", "stacks"] }
}
