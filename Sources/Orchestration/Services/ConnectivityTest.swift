package import DockerEngine

/// Whether one container reaches another over a network (H1).
///
/// What the engine knows is told first; the rest is tried from within the first container, by programs that its image has: nothing
/// is installed, copied in or started beside it. Where the image has none, the answer is that it is not known.
package struct ConnectivityTest: Sendable {
  package enum Outcome: String, Sendable, CaseIterable { case ok, failed, unknown }

  package struct Finding: Hashable, Sendable {
    package enum Check: String, Sendable, CaseIterable {
      /// Both run.
      case running
      /// Both are in the network, with an address.
      case membership
      /// The first finds the second by its name.
      case name
      /// The second answers to an echo request (ICMP).
      case echo
      /// The second takes connections at a port.
      case port
    }

    package var check: Check
    package var outcome: Outcome
    /// What was found out, for people.
    package var detail: String
  }

  /// What a program in the container has told.
  struct Answer: Hashable, Sendable {
    var code: Int
    var text: String

    /// By POSIX 126 and 127 are for what cannot be run; an engine says the same of what is not in the image.
    var isMissing: Bool { code == 126 || code == 127 }
    /// It does not know an option, or may not do this: that says nothing about the network.
    var isRefusal: Bool {
      let words = text.lowercased()
      return ["usage:", "invalid option", "unrecognized option", "unknown option", "not permitted", "permission denied"].contains
      {
        words.contains($0)
      }
    }
  }

  /// For one program; those that can are told to wait for less.
  private static let limit: Duration = .seconds(10)
  private static let outputBytes = 4096
  /// Ports that are tried when none is named.
  private static let portLimit = 4

  private let engine: EngineClient

  package init(_ engine: EngineClient) { self.engine = engine }

  /// - Parameters:
  ///   - port: of `to`; nil: the first four TCP ports that its image or its service exposes.
  /// - Throws: what is wrong with the engine; what a program in the container finds is in the findings.
  package func run(
    from: ContainerInspection, to: ContainerInspection, network: NetworkInspection, port: Int?
  ) async throws -> [Finding] {
    var findings = Self.facts(from: from, to: to, network: network)
    guard findings.allSatisfy({ $0.outcome == .ok }), let address = Self.address(of: to, in: network) else { return findings }
    findings.append(try await name(of: to, from: from, network))
    findings.append(try await echo(address, from: from))
    let ports = port.map { [$0] } ?? Self.exposedPorts(of: to)
    for port in ports { findings.append(try await connection(address, port, from: from)) }
    return findings
  }

  /// What all of them say: a connection, or an echo where there is none, shows that it is reached.
  package static func outcome(_ findings: [Finding]) -> Outcome {
    let needed = findings.filter { $0.check == .running || $0.check == .membership }
    if needed.contains(where: { $0.outcome != .ok }) { return .failed }
    let tried = findings.filter { $0.check == .port || $0.check == .echo }.map(\.outcome)
    if tried.contains(.ok) { return .ok }
    return tried.contains(.failed) ? .failed : .unknown
  }

  // MARK: What the engine knows

  static func facts(
    from: ContainerInspection, to: ContainerInspection, network: NetworkInspection
  ) -> [Finding] {
    let stopped = [from, to].filter { !$0.state.isRunning || $0.state.isPaused }.map(\.name)
    let outside = [from, to].filter { address(of: $0, in: network) == nil }.map(\.name)
    return [
      Finding(
        check: .running, outcome: stopped.isEmpty ? .ok : .failed,
        detail: stopped.isEmpty ? "both run" : "not running: \(stopped.joined(separator: ", "))"),
      Finding(
        check: .membership, outcome: outside.isEmpty ? .ok : .failed,
        detail: outside.isEmpty
          ? "both are in \(network.name)" : "without an address in \(network.name): \(outside.joined(separator: ", "))"),
    ]
  }

  package static func address(of container: ContainerInspection, in network: NetworkInspection) -> String? {
    let end = container.networkSettings.networks.first { $0.key == network.name || $0.value.networkID == network.id }?.value
    return [end?.ipAddress, end?.globalIPv6Address].compactMap(\.self).first { !$0.isEmpty }
  }

  static func exposedPorts(of container: ContainerInspection) -> [Int] {
    let names = Set(container.config.exposedPorts.keys).union(container.networkSettings.ports.keys)
    let ports = names.compactMap { name -> Int? in
      let parts = name.split(separator: "/")
      return parts.count == 1 || parts.last == "tcp" ? parts.first.flatMap { Int($0) } : nil
    }
    return Array(ports.sorted().prefix(portLimit))
  }

  // MARK: What programs in the container find

  private func name(of to: ContainerInspection, from: ContainerInspection, _ network: NetworkInspection) async throws -> Finding {
    // The engine answers for names in networks that users make only.
    guard network.name != "bridge" else {
      return Finding(check: .name, outcome: .unknown, detail: "the engine's own network bridge has no names")
    }
    return try await first(
      .name, in: from, [Attempt(["getent", "hosts", to.name]), Attempt(["nslookup", to.name])],
      good: "\(to.name) is found by its name", bad: "\(to.name) is not found by its name")
  }

  private func echo(_ address: String, from: ContainerInspection) async throws -> Finding {
    try await first(
      .echo, in: from, [Attempt(["ping", "-c", "1", "-W", "3", address])], good: "\(address) answers",
      bad: "\(address) does not answer to ping; it may be told not to")
  }

  private func connection(_ address: String, _ port: Int, from: ContainerInspection) async throws -> Finding {
    try await first(
      .port, in: from,
      [
        Attempt(["nc", "-z", "-w", "3", address, "\(port)"]),
        // That of busybox: it stays connected, and is ended later than it would have given up to connect. 124 and 143 say so.
        Attempt(["timeout", "5", "nc", "-w", "3", address, "\(port)"], good: [0, 124, 143]),
        // The text is constant, and what is tried goes in as arguments: no command line is built from values.
        Attempt(["bash", "-c", #"exec 3<>"/dev/tcp/$0/$1""#, address, "\(port)"]),
      ], good: "port \(port) takes connections", bad: "port \(port) takes no connections")
  }

  /// A program to try something with, and the codes by which it says that it is so.
  private struct Attempt {
    var command: [String]
    var good: Set<Int>

    init(_ command: [String], good: Set<Int> = [0]) {
      self.command = command
      self.good = good
    }
  }

  /// The finding of the first program that is there and can do it.
  private func first(
    _ check: Finding.Check, in container: ContainerInspection, _ attempts: [Attempt], good: String, bad: String
  ) async throws -> Finding {
    var reasons: [String] = []
    for attempt in attempts {
      let program = attempt.command[0]
      guard let answer = try await run(attempt.command, in: container.id) else {
        return Finding(check: check, outcome: .failed, detail: "\(bad) (\(program): no answer within \(Self.limit))")
      }
      if attempt.good.contains(answer.code) { return Finding(check: check, outcome: .ok, detail: good) }
      guard answer.isMissing || answer.isRefusal else {
        return Finding(check: check, outcome: .failed, detail: "\(bad) (\(program) ended with \(answer.code))")
      }
      reasons.append(answer.isMissing ? "no \(program)" : "a \(program) that cannot do it")
    }
    return Finding(
      check: check, outcome: .unknown,
      detail: "not known: the image \(container.config.image) has \(reasons.joined(separator: " and "))")
  }

  /// Nil: no end in time; the program goes on in the container until its own limit.
  private func run(_ command: [String], in container: String) async throws -> Answer? {
    var spec = ExecSpec()
    spec.command = command
    spec.attachesStdout = true
    spec.attachesStderr = true
    let wanted = spec
    return try await withThrowingTaskGroup(of: Answer?.self) { group in
      group.addTask {
        let exec: String
        var text: [UInt8] = []
        do {
          exec = try await engine.createExec(in: container, wanted)
          let connection = try await engine.startExec(exec, hasTTY: false)
          for try await frame in connection.output {
            text += frame.bytes.prefix(max(0, Self.outputBytes - text.count))
          }
        } catch {
          // Newer engines refuse to start what is not in the image.
          guard Self.isMissing("\(error)") else { throw error }
          return Answer(code: 127, text: "")
        }
        let code = try await ServiceExec(engine).exitCode(of: exec)
        return Answer(code: code ?? -1, text: String(decoding: text, as: UTF8.self))
      }
      group.addTask {
        try await Task.sleep(for: Self.limit)
        return nil
      }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
  }

  static func isMissing(_ words: String) -> Bool {
    words.contains("executable file not found") || words.contains("no such file or directory")
  }
}
