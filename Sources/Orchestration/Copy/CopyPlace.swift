/// One side of a copy as it is given on the command line.
package enum CopyPlace: Hashable, Sendable {
  /// A path of this machine.
  case local(String)
  case service(String, path: String)
  /// `-`: an archive on standard input or output.
  case stream

  /// `SERVICE:PATH`, `-`, or a path; one that begins with `/` or `.` is never taken for a service.
  package init(_ text: String) {
    if text == "-" {
      self = .stream
      return
    }
    guard !text.hasPrefix("/"), !text.hasPrefix("."), let colon = text.firstIndex(of: ":"), colon != text.startIndex else {
      self = .local(text)
      return
    }
    self = .service(String(text[..<colon]), path: String(text[text.index(after: colon)...]))
  }
}

/// Why a copy is not possible.
package struct CopyProblem: Error, Hashable, Sendable, CustomStringConvertible {
  package var description: String

  package init(_ description: String) { self.description = description }
}
