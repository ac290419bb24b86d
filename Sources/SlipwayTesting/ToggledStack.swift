/// A stack in two versions between which every kind of step is needed: a network whose definition changes, two services
/// that are replaced (one waits for the other to be healthy), a scaled one that only its network touches, one that goes and
/// one that comes.
package enum ToggledStack: String, Sendable {
  case odd, even

  package var other: Self { self == .odd ? .even : .odd }

  /// `image` is that of the web service in place of the version's own.
  package func compose(image: String? = nil) -> String {
    let isOdd = self == .odd
    return """
      x-health: &health {interval: 1s, timeout: 5s, retries: 4}
      services:
        db:
          image: slipway/database:1.0
          environment: {PASSWORD: word, GENERATION: "\(rawValue)"}
          volumes: [data:/var/lib/database]
          networks: {back: {aliases: [store]}}
          healthcheck: {<<: *health, test: [CMD, /bin/healthy]}
          stop_grace_period: 2s
        web:
          image: \(image ?? "slipway/hello:1.\(isOdd ? 0 : 1)")
          depends_on: {db: {condition: service_healthy}}
          networks: [front, back]
          healthcheck: {<<: *health, test: [CMD, /bin/healthy]}
          stop_grace_period: 2s
        worker:
          image: slipway/base:1
          command: [/bin/sh, -c, "trap exit TERM; while :; do sleep 1 & wait; done"]
          scale: 2
          networks: [back]
          stop_grace_period: 2s
        \(rawValue):
          image: slipway/base:1
          command: [/bin/sh, -c, "trap exit TERM; while :; do sleep 1 & wait; done"]
          networks: [front]
          stop_grace_period: 2s
      networks:
        front: {ipam: {options: {generation: \(rawValue)}}}
        back: {driver_opts: {com.docker.network.driver.mtu: "\(isOdd ? 1400 : 1450)"}}
      volumes:
        data: {}

      """
  }

  /// What is wrong with a stack that should be this one, whole.
  package func problems(_ seen: StackSnapshot, project: String) -> [String] {
    var problems: [String] = []
    let wanted = [
      "db-1": ["back"], "web-1": ["back", "front"], "worker-1": ["back"], "worker-2": ["back"], "\(rawValue)-1": ["front"],
    ]
    let names = Set(wanted.keys.map { "\(project)-\($0)" })
    let found = Set(seen.containers.map(\.name))
    if found != names { problems.append("containers are \(found.sorted())") }
    for container in seen.containers {
      if container.state != "running" { problems.append("\(container.name) is \(container.state)") }
      let networks = (wanted[String(container.name.dropFirst(project.utf8.count + 1))] ?? []).map { "\(project)_\($0)" }
      if container.aliases.keys.sorted() != networks {
        problems.append("\(container.name) is on \(container.aliases.keys.sorted())")
      }
      for (network, aliases) in container.aliases where !aliases.contains(container.service) {
        problems.append("\(container.name) is not found as \(container.service) on \(network)")
      }
      if container.service == "db", !container.environment.contains("GENERATION=\(rawValue)") {
        problems.append("\(container.name) is not of the \(rawValue) generation")
      }
      if container.service == "db", container.aliases["\(project)_back"]?.contains("store") != true {
        problems.append("\(container.name) is not found as store")
      }
      if container.service == "web", container.image != "slipway/hello:1.\(self == .odd ? 0 : 1)" {
        problems.append("web runs \(container.image)")
      }
    }
    if Set(seen.networks.keys) != ["\(project)_front", "\(project)_back"] {
      problems.append("networks are \(seen.networks.keys.sorted())")
    }
    let mtu = self == .odd ? "1400" : "1450"
    if seen.networks["\(project)_back"]?.contains("mtu=\(mtu)") != true {
      problems.append("back is \(seen.networks["\(project)_back"] ?? "absent")")
    }
    if seen.networks["\(project)_front"]?.contains("ipam default generation=\(rawValue) ") != true {
      problems.append("front is \(seen.networks["\(project)_front"] ?? "absent")")
    }
    if seen.volumes != ["\(project)_data"] { problems.append("volumes are \(seen.volumes.sorted())") }
    return problems
  }
}
