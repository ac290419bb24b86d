import Glibc

/// Puts a changed text in the place of a file that the user owns: whole, or not at all.
package enum FileReplacement {
  /// Replaces the file at `path`, links followed; mode and owner stay.
  ///
  /// The new text is written beside the file and renamed over it, so that a crash leaves the old text or the new one. Throws
  /// `OperationRefused` when the file is not `before` any more, cannot be written, has other hard links (they would keep the old text),
  /// or its owner cannot be kept; the file is then as it was.
  package static func replace(_ path: String, _ before: [UInt8], by after: [UInt8]) throws(OperationRefused) {
    guard let target = DiskFiles.realPath(path) else { throw refused(path, "make the path reachable") }
    // Asks for the right to write although nothing is written here: a rename alone would go around it.
    let descriptor = unsafe open(target, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw refused(path, "make the file writable for you") }
    defer { close(descriptor) }
    var info = stat()
    guard unsafe fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
      throw OperationRefused(description: "\(path) is not a regular file\n  fix: name a regular file")
    }
    guard info.st_nlink == 1 else {
      throw OperationRefused(
        description: "\(path) has \(info.st_nlink) hard links; the others would keep the old text\n  fix: edit it by hand")
    }
    guard (try? DiskFiles().read(target, limit: before.count + 1)) == before else { throw changed(path) }
    let copy = try written(after, beside: target, like: info)
    var now = stat()
    let isSame =
      unsafe stat(target, &now) == 0 && now.st_ino == info.st_ino && now.st_dev == info.st_dev && now.st_size == info.st_size
      && now.st_mtim.tv_sec == info.st_mtim.tv_sec && now.st_mtim.tv_nsec == info.st_mtim.tv_nsec
    guard isSame else {
      unsafe unlink(copy)
      throw changed(path)
    }
    guard unsafe rename(copy, target) == 0 else {
      let failure = refused(path, "make its folder writable")
      unsafe unlink(copy)
      throw failure
    }
    syncFolder(of: target)
  }

  /// The path of a new file with `bytes`, in the folder of `target` and with its mode and owner.
  private static func written(_ bytes: [UInt8], beside target: String, like info: stat) throws(OperationRefused) -> String {
    let copy = folder(of: target) + "/." + target.split(separator: "/").suffix(1).joined() + ".slipway-\(getpid())"
    let descriptor = unsafe open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw refused(copy, "make the folder writable") }
    defer { close(descriptor) }
    var own = stat()
    let isOwned =
      unsafe fstat(descriptor, &own) == 0
      && ((own.st_uid == info.st_uid && own.st_gid == info.st_gid) || fchown(descriptor, info.st_uid, info.st_gid) == 0)
    guard isOwned else {
      let failure = refused(target, "run this as the owner of the file")
      unsafe unlink(copy)
      throw failure
    }
    // After the owner, whose change takes rights away; the file is written before others may read it.
    guard StackOperations.writeAll(bytes, to: descriptor), fchmod(descriptor, info.st_mode & 0o7777) == 0, fsync(descriptor) == 0
    else {
      let failure = refused(target, "free disk space")
      unsafe unlink(copy)
      throw failure
    }
    return copy
  }

  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }

  /// Makes the rename last over a power cut; where a file system cannot do that, the file is whole all the same.
  private static func syncFolder(of path: String) {
    let folder = folder(of: path)
    let descriptor = unsafe open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private static func refused(_ path: String, _ fix: String) -> OperationRefused {
    OperationRefused(description: "cannot write \(path): \(unsafe String(cString: strerror(errno)))\n  fix: \(fix)")
  }

  private static func changed(_ path: String) -> OperationRefused {
    OperationRefused(description: "\(path) has changed meanwhile and was left alone\n  fix: run the command again")
  }
}
