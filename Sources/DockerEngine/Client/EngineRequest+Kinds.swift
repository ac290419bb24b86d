extension EngineClient {
  /// A call that changes something, answered by one object.
  func write(_ method: EngineMethod, _ path: String) throws(EngineError) -> EngineRequest {
    EngineRequest(method, path, limit: limits.write, answerBytes: limits.objectBytes)
  }

  func resizeRequest(_ path: String, rows: Int, columns: Int) throws(EngineError) -> EngineRequest {
    guard (1...65_535).contains(rows), (1...65_535).contains(columns) else {
      throw .badArgument("a terminal of \(rows) rows and \(columns) columns is not possible")
    }
    var request = EngineRequest(.POST, path, limit: limits.read, answerBytes: limits.objectBytes)
    request.query.add("h", "\(rows)")
    request.query.add("w", "\(columns)")
    return request
  }
}
