import ComposeFile

extension StackOperations {
  /// Bytes of a secret's file that are looked for in texts; more is no password, and no line of a log.
  private static let secretFileLimitBytes = 64 << 10

  /// What must not be told of a deploy (S-SEC-4): the secrets of its project, those that the stack has set, and the files that its
  /// services are given as secrets.
  func redactor(for request: DeployRequest) -> Redactor {
    var known = request.secretVariables.compactMap { environment[$0] }
    for secret in request.project.secrets.values {
      // WHY try?: one that is missing or too long is told by the deploy itself.
      guard case .file(let path) = secret.source, let bytes = try? DiskFiles().read(path, limit: Self.secretFileLimitBytes)
      else { continue }
      known.append(String(decoding: bytes, as: UTF8.self))
    }
    return Redactor(
      project: request.project, variables: request.variables, secrets: request.secretVariables, known: known)
  }
}
