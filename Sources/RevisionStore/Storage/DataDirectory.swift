import Glibc

/// The folder that holds everything of the store, and the paths in it.
struct DataDirectory: Sendable {
  let path: String

  var database: String { path + "/slipway.db" }
  var log: String { database + "-wal" }
  var lock: String { path + "/slipway.lock" }
  var reserve: String { path + "/slipway.reserve" }
  var masterKey: String { path + "/master.key" }
  var backups: String { path + "/backups" }

  /// Makes the folder, 0700, with its parents, when it is not there; refuses one that others can enter.
  func prepare() throws(StoreError) {
    if try status(of: path) == nil { try makeFolders() }
    try check()
  }

  /// Whether there is a database; nothing is created.
  func hasDatabase() throws(StoreError) -> Bool {
    try status(of: database) != nil
  }

  /// Refuses a folder of another user, one that is open to others, and file systems without sound locks (R-DB-1).
  func check() throws(StoreError) {
    var folder = stat()
    // SAFETY: path for the call only; the call fills one `stat` that we own. Links are followed: the folder counts.
    guard unsafe stat(path, &folder) == 0 else { throw .inputOutput(path: path, detail: lastSystemError()) }
    guard folder.st_mode & S_IFMT == S_IFDIR else { throw .inputOutput(path: path, detail: "not a folder") }
    guard folder.st_uid == geteuid() else { throw .wrongOwner(path: path, owner: folder.st_uid) }
    guard folder.st_mode & 0o077 == 0 else {
      throw .unsafePermissions(path: path, mode: folder.st_mode & 0o777, remedy: "run `chmod 700 \(path)`")
    }
    if let kind = Self.fileSystem(ofDevice: folder.st_dev), Self.remoteKinds.contains(kind) {
      throw .unsupportedFileSystem(path: path, kind: kind)
    }
  }

  /// File systems shared between hosts, by their names in `/proc/self/mountinfo`.
  private static let remoteKinds: Set<String> = [
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "afs", "fuse.sshfs", "fuse.glusterfs", "gfs2", "ocfs2",
  ]

  /// The kind of a mounted file system, of proc_pid_mountinfo(5); nil when its device is not listed.
  private static func fileSystem(ofDevice device: dev_t) -> String? {
    guard let text = smallText(at: "/proc/self/mountinfo", limit: 1 << 18) else { return nil }
    let wanted = "\(major(device)):\(minor(device))"
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count > 4, fields[2] == wanted, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count
      else { continue }
      return String(fields[dash + 1])
    }
    return nil
  }

  /// As gnu_dev_major(3).
  private static func major(_ device: dev_t) -> dev_t {
    (device >> 8) & 0xfff | (device >> 32) & ~0xfff
  }

  /// As gnu_dev_minor(3).
  private static func minor(_ device: dev_t) -> dev_t {
    device & 0xff | (device >> 12) & ~0xff
  }

  private func makeFolders() throws(StoreError) {
    var made = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
      made += "/" + part
      // SAFETY: path for the call only.
      if unsafe mkdir(made, 0o700) != 0 && errno != EEXIST {
        throw errno == ENOSPC
          ? .diskFull(path: made, detail: lastSystemError()) : .inputOutput(path: made, detail: lastSystemError())
      }
    }
  }
}
