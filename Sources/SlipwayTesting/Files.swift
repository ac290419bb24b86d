import Glibc

/// Removes a file; one that is not there is fine.
func removeFile(_ path: String) { unsafe unlink(path) }
