import Glibc
@_exported public import Synchronization

/// Takes the place of Swift's own in builds for the thread sanitizer.
///
/// That one locks within the Swift library, where the sanitizer does not look: it would call everything behind it a race. Of a lock of
/// pthread it knows.
public struct Mutex<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let value = UnsafeMutablePointer<Value>.allocate(capacity: 1)

  /// As Swift's own.
  public init(_ initial: consuming sending Value) {
    pthread_mutex_init(lock, nil)
    value.initialize(to: initial)
  }

  deinit {
    pthread_mutex_destroy(lock)
    value.deinitialize(count: 1)
    value.deallocate()
    lock.deallocate()
  }

  /// As Swift's own.
  public borrowing func withLock<Result: ~Copyable, Failure: Error>(
    _ body: (inout sending Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return try body(&value.pointee)
  }
}
