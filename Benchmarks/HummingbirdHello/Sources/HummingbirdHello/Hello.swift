import Hummingbird

/// `HummingbirdHello PORT`: answers `GET /` with a word, and does nothing else.
@main
enum Hello {
  static func main() async throws {
    guard CommandLine.arguments.count == 2, let port = Int(CommandLine.arguments[1]) else {
      print("usage: HummingbirdHello PORT")
      return
    }
    let router = Router()
    router.get("/") { _, _ in "hello" }
    let application = Application(
      router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)))
    try await application.runService()
  }
}
