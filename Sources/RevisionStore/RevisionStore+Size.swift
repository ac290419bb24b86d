import Glibc

extension RevisionStore {
  /// Bytes of the database and of its log on the disk.
  package var sizeBytes: Int64 {
    [directory.database, directory.log].reduce(0) { total, path in
      var status = stat()
      return unsafe stat(path, &status) == 0 ? total + Int64(status.st_size) : total
    }
  }
}
