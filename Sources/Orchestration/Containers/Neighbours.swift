/// The containers of a stack's services that a new container may refer to.
struct Neighbours: Sendable {
  struct Container: Sendable {
    var id: String
    var name: String
    var number: Int
  }

  private var byService: [String: [Int: Container]] = [:]

  init() {}

  /// The last one added stands for its number.
  mutating func add(_ container: Container, of service: String) {
    byService[service, default: [:]][container.number] = container
  }

  /// By number.
  func all(of service: String) -> [Container] { (byService[service] ?? [:]).values.sorted { $0.number < $1.number } }

  /// The container with the lowest number.
  func firstID(of service: String) -> String? { all(of: service).first?.id }
}
