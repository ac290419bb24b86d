import Dispatch
import Glibc
import Synchronization

/// Tells which paths below some folders have changed, by the kernel's inotify.
///
/// Folders that appear are watched too, and what is in them counts as changed; of one that goes, all that was known in it. Bounded:
/// when more changes than `FolderChanges` takes, or than the kernel keeps, all folders are watched anew and `hasMissedSome` is told.
final class FolderEvents: Sendable {
  /// Why nothing can be watched.
  struct Refusal: Error, CustomStringConvertible {
    var description: String
  }

  private let descriptor: CInt
  /// Held for as long as events are acted on: only `queue` asks for it, after `init`.
  private let folders: Mutex<WatchedFolders>
  private let changes = Mutex(FolderChanges())
  private let wake: AsyncStream<Void>.Continuation
  /// One element or more when there is something to take.
  let arrivals: AsyncStream<Void>
  /// Where events are read.
  let queue = DispatchQueue(label: "slipway.watch")
  private nonisolated(unsafe) var source: (any DispatchSourceRead)?

  /// Begins to watch.
  ///
  /// - Parameters:
  ///   - roots: folders, or files: of these the folder is watched, without what is below it. A root that is removed and made again
  ///     is watched again.
  ///   - isWanted: folders that it refuses are not watched, with all that is in them.
  /// - Throws: `Refusal` at the kernel's limits.
  init(_ roots: [String], isWanted: @escaping @Sendable (String) -> Bool) throws(Refusal) {
    (arrivals, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    // IN_NONBLOCK and IN_CLOEXEC are these (inotify_init(2)).
    descriptor = inotify_init1(O_NONBLOCK | O_CLOEXEC)
    folders = Mutex(WatchedFolders(roots, on: descriptor, isWanted: isWanted))
    guard descriptor >= 0 else {
      throw errno == EMFILE
        ? Refusal(
          description:
            "this user has no inotify instance left (fs.inotify.max_user_instances is \(Self.limit("max_user_instances")))\n  fix: end another program that watches files, or raise it: sysctl fs.inotify.max_user_instances=512"
        ) : Refusal(description: "inotify: \(unsafe String(cString: strerror(errno)))")
    }
    do {
      try folders.withLock { folders throws(Refusal) in try folders.begin() }
    } catch {
      close(descriptor)
      throw error
    }
    let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
    source.setEventHandler { [weak self] in self?.read() }
    source.setCancelHandler { [descriptor] in close(descriptor) }
    // SAFETY: written once, here, before anyone else has this object; read in deinit only.
    unsafe self.source = source
    source.resume()
  }

  deinit {
    unsafe source?.cancel()
    wake.finish()
  }

  /// What has changed since the last call.
  func take() -> FolderChanges {
    changes.withLock { changes in
      defer { changes = FolderChanges() }
      return changes
    }
  }

  /// Makes an arrival without a change.
  func stir() { wake.yield() }

  private func read() {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { break }
      let more = folders.withLock { folders in
        for event in Self.events(in: buffer[..<count]) { folders.handle(event) }
        return folders.takeChanges()
      }
      let isEmpty = changes.withLock { changes in
        changes.add(more)
        return changes.isEmpty
      }
      if !isEmpty { wake.yield() }
    }
  }

  /// struct inotify_event: wd, mask, cookie, len, then the name, filled up with zeros (inotify(7)).
  private static func events(in bytes: ArraySlice<UInt8>) -> [WatchedFolders.Event] {
    var events: [WatchedFolders.Event] = []
    var place = bytes.startIndex
    while place + 16 <= bytes.endIndex {
      let (number, mask, length) = unsafe bytes.withUnsafeBytes { bytes in
        (
          unsafe bytes.loadUnaligned(fromByteOffset: place, as: CInt.self),
          unsafe bytes.loadUnaligned(fromByteOffset: place + 4, as: UInt32.self),
          Int(unsafe bytes.loadUnaligned(fromByteOffset: place + 12, as: UInt32.self))
        )
      }
      let name = bytes[(place + 16)..<min(bytes.endIndex, place + 16 + length)].prefix { $0 != 0 }
      events.append(.init(number: number, mask: mask, name: String(validating: name, as: UTF8.self) ?? ""))
      place += 16 + length
    }
    return events
  }

  static func limit(_ name: String) -> String {
    // WHY try?: only a number in a message.
    let bytes = try? DiskFiles().read("/proc/sys/fs/inotify/\(name)", limit: 64)
    return bytes.map { String(decoding: $0.filter { $0 > 32 }, as: UTF8.self) } ?? "unknown"
  }
}
