import StackPlanning

/// What must be the same after an undo.
struct StackState: Hashable, CustomStringConvertible {
  var lines: [String]

  init(_ stack: ObservedStack) {
    lines = stack.containers.filter { !$0.isHook }.map { container in
      let life = container.state == .paused ? "paused" : container.isUp ? "up" : "down"
      let networks = container.networks.keys.sorted().map { name in
        // A network that had to be made anew has a new id; what counts is to be on the one that is there.
        let live = stack.networks[name]
        return live?.id == container.networks[name]?.networkID ? name : "\(name) (gone)"
      }
      return "\(container.id.prefix(12)) \(container.name) \(life) on \(networks.joined(separator: " "))"
    }
    lines += stack.networks.values.map { network in
      let labels = network.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
      return "network \(network.name) \(network.isInternal) \(labels)"
    }
    lines.sort()
  }

  var description: String { lines.joined(separator: "\n") }
}
