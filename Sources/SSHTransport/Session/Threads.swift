import Glibc

/// A thread that was started by `startThread`, to be joined once or not at all.
struct ThreadHandle: Sendable {
  fileprivate let thread: pthread_t

  /// Waits for its end, which must be near: this blocks.
  func join() { pthread_join(thread, nil) }

  func detach() { pthread_detach(thread) }
}

/// Runs `body` on a new thread; `refused` is told when the system starts none.
///
/// libssh must be called from one thread at a time, and a session's loop waits in poll(2): neither belongs on the threads that
/// tasks share.
func startThread(refused: (String) -> Void, _ body: @escaping @Sendable () -> Void) -> ThreadHandle? {
  final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
  var attributes = pthread_attr_t()
  unsafe pthread_attr_init(&attributes)
  defer { unsafe pthread_attr_destroy(&attributes) }
  unsafe pthread_attr_setstacksize(&attributes, 1 << 20)
  var thread = pthread_t()
  let argument = unsafe Unmanaged.passRetained(Body(body))
  let code = unsafe pthread_create(
    &thread, &attributes,
    { argument in
      guard let argument = unsafe argument else { return nil }
      // SAFETY: retained by the creator for this thread alone.
      let body = unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
      body.run()
      return nil
    }, argument.toOpaque())
  guard code == 0 else {
    unsafe argument.release()
    refused(systemError(code))
    return nil
  }
  return ThreadHandle(thread: thread)
}
