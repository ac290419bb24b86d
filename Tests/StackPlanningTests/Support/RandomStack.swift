import StackPlanning

/// Compose texts, options and accidents drawn from a seed.
struct RandomStack {
  private var random: SeededOrder
  private static let count = 5

  init(_ seed: UInt64) { random = SeededOrder(seed) }

  private mutating func happens(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

  private mutating func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: values.indices, using: &random)] }

  mutating func compose() -> String {
    var text = "services:\n"
    let ports = (81...85).shuffled(using: &random)
    let names = (1...5).map { "name\($0)" }.shuffled(using: &random)
    var present: [Int] = []
    for index in 0..<Self.count where happens(85) || (present.isEmpty && index == Self.count - 1) {
      text += service(index, port: ports[index], name: names[index], after: present)
      present.append(index)
    }
    text += "networks: {a: \(pick(["", "{internal: true}", "{name: aa}"])), b: \(pick(["", "{internal: true}"]))}\n"
    return text + "volumes: {data: \(pick(["", "{name: files}"]))}\n"
  }

  private mutating func service(_ index: Int, port: Int, name: String, after present: [Int]) -> String {
    var parts = ["image: \"x:\(pick([1, 1, 1, 2]))\"", "healthcheck: {test: ok}", "environment: {A: \"\(pick([1, 1, 2]))\"}"]
    var isSingle = false
    if let parent = present.last, happens(15) {
      parts.append("network_mode: \"service:s\(parent)\"")
    } else {
      parts.append("networks: \(pick(["[a]", "[b]", "[a, b]"]))")
      if happens(40) {
        parts.append("ports: [\"\(port):80\"]")
        isSingle = true
      }
    }
    if happens(20) {
      parts.append("container_name: \(name)")
      isSingle = true
    }
    parts.append("scale: \(isSingle ? 1 : pick([1, 1, 2, 3]))")
    if happens(30) { parts.append("volumes: [\(pick(["\"data:/d\"", "/cache"]))]") }
    if happens(20) { parts.append("pre_start: [{command: prepare}]") }
    if happens(20) { parts.append("post_start: [{command: warm}]") }
    if happens(20) { parts.append("pre_stop: [{command: drain}]") }
    let dependencies = present.filter { _ in happens(40) }.map { other in
      "s\(other): {condition: \(pick(["service_started", "service_healthy"])), restart: \(pick(["true", "false"]))}"
    }
    if !dependencies.isEmpty { parts.append("depends_on: {\(dependencies.joined(separator: ", "))}") }
    return "  s\(index): {\(parts.joined(separator: ", "))}\n"
  }

  mutating func options() -> PlanOptions {
    var options = PlanOptions()
    options.removesOrphans = happens(60)
    options.startsContainers = happens(90)
    options.gate = happens(50) ? .ready : .started
    if happens(10) { options.recreate = .force }
    if happens(10) { options.renewsAnonymousVolumes = true }
    return options
  }

  /// What happens to containers when nobody looks. Those whose network others share are spared: no engine starts a
  /// container in the network of one that is down, so that such a state cannot be brought back.
  mutating func accidents(_ stack: inout ObservedStack, sparing parents: Set<String>) {
    for index in stack.containers.indices where !parents.contains(stack.containers[index].service) {
      switch Int.random(in: 0..<12, using: &random) {
      case 0, 1:
        stack.containers[index].state = pick([.exited, .created, .dead])
        stack.containers[index].publicPorts = []
        stack.containers[index].health = nil
      case 2: stack.containers[index].state = .paused
      case 3: stack.containers[index].imageLabel = "sha256:other"
      default: break
      }
    }
  }
}
