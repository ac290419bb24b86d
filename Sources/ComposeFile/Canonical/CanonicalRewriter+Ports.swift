extension CanonicalRewriter {
  /// Short port entries as mappings, ranges expanded; repeated entries once.
  mutating func ports(_ node: Node, at path: AttributePath) -> Node {
    // Beyond the limit nothing more is made: it has been told.
    guard let items = node.items, portCount <= Self.portLimit else { return node }
    var result: [Node] = []
    var seen: Set<String> = []
    for (index, item) in items.enumerated() {
      guard problems.count < ComposeProblems.gatheringLimit else { break }
      let ports = expand(item, at: path.appending(index))
      if item.entries == nil { portCount += ports.count }
      guard portCount <= Self.portLimit else {
        problems.append(
          ComposeProblem(
            .limit, at: item.position, "\(path): up to here the services have more than \(Self.portLimit) ports",
            fix: "publish fewer ports"))
        break
      }
      for port in ports where seen.insert(port.fingerprint).inserted {
        result.append(port)
      }
    }
    return Node(.list(result), at: node.position, tag: node.tag)
  }

  /// Ports of all short entries of a document (S-IN-4): each becomes an entry of its own.
  private static var portLimit: Int { 10_000 }

  private mutating func expand(_ item: Node, at path: AttributePath) -> [Node] {
    switch item.content {
    case .int(let number): return expand(String(number), at: item.position, path)
    case .string(let text):
      // Not interpolated (`--no-interpolate`): what it will be is not known.
      if text.contains("${") { return [item] }
      return expand(text, at: item.position, path)
    case .map: return [item]
    default:
      problems.append(
        ComposeProblem(
          .wrongType, at: item.position, "\(path): a port must be a whole number or a string, but is \(item.kind)",
          fix: "put the value in quotes"))
      return []
    }
  }

  private mutating func expand(_ text: String, at position: SourcePosition, _ path: AttributePath) -> [Node] {
    do {
      return try PortSpec(text).ports.map { port in
        var pairs: [Node.Entry] = []
        func add(_ key: String, _ content: Node.Content) {
          pairs.append(Node.Entry(key: key, keyPosition: position, value: Node(content, at: position)))
        }
        add("mode", .string("ingress"))
        if !port.hostIP.isEmpty { add("host_ip", .string(port.hostIP)) }
        add("target", .int(port.target))
        if !port.published.isEmpty { add("published", .string(port.published)) }
        add("protocol", .string(port.transport))
        return Node(.map(pairs), at: position)
      }
    } catch {
      problems.append(
        ComposeProblem(
          .invalidValue, at: position, "\(path): \(error.message)",
          fix: "write [IP:][HOST:]CONTAINER[/PROTOCOL], e.g. \"127.0.0.1:8080:80/tcp\""))
      return []
    }
  }
}

/// A short port entry: `[IP:][HOST[-HOST]:]CONTAINER[-CONTAINER][/PROTOCOL]`.
struct PortSpec {
  struct Port {
    var hostIP: String
    var published: String
    var target: Int
    var transport: String
  }

  struct Malformed: Error {
    var message: String
  }

  /// In the order of Compose: sorted by `port/protocol` as text.
  private(set) var ports: [Port] = []

  init(_ text: String) throws(Malformed) {
    let protocolParts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let transport = protocolParts.count > 1 && !protocolParts[1].isEmpty ? protocolParts[1].lowercased() : "tcp"
    guard ["tcp", "udp", "sctp"].contains(transport) else { throw Malformed(message: "`\(transport)` is not a protocol") }

    let parts = protocolParts[0].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    var hostIP = ""
    var host = ""
    let container = parts.last ?? ""
    if parts.count > 1 { host = parts[parts.count - 2] }
    if parts.count > 2 { hostIP = parts.dropLast(2).joined(separator: ":") }
    if hostIP.hasPrefix("["), hostIP.hasSuffix("]") { hostIP = String(hostIP.dropFirst().dropLast()) }
    guard hostIP.isEmpty || IPAddress.isValid(hostIP) else {
      throw Malformed(message: "`\(hostIP)` is not an IP address")
    }
    guard !container.isEmpty else { throw Malformed(message: "`\(text)` names no container port") }

    let targets = try Self.range(container, what: "container port")
    let published = host.isEmpty ? nil : try Self.range(host, what: "host port")
    if let published, published.count != targets.count, targets.count > 1 {
      throw Malformed(message: "the ranges \(container) and \(host) differ in length")
    }
    // A range of host ports for one container port is the engine's choice, and stays a range.
    let keepsRange = targets.count == 1 && (published?.count ?? 1) > 1
    for (offset, target) in targets.enumerated() {
      let hostPort = published.map { keepsRange ? "\($0.lowerBound)-\($0.upperBound)" : String($0.lowerBound + offset) }
      ports.append(Port(hostIP: hostIP, published: hostPort ?? "", target: target, transport: transport))
    }
    ports.sort { "\($0.target)/\($0.transport)" < "\($1.target)/\($1.transport)" }
  }

  /// Ports of one entry (S-IN-4): each becomes an entry of its own.
  private static let maximumRange = 10_000

  private static func range(_ text: String, what: String) throws(Malformed) -> ClosedRange<Int> {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count <= 2, let first = ends.first, let lower = port(first), let upper = port(ends.last ?? first) else {
      throw Malformed(message: "`\(text)` is not a \(what)")
    }
    guard lower <= upper else { throw Malformed(message: "the range \(text) runs backwards") }
    guard upper - lower < maximumRange else {
      throw Malformed(message: "the range \(text) has \(upper - lower + 1) ports, more than \(maximumRange)")
    }
    return lower...upper
  }

  private static func port(_ text: Substring) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy(\.isDigit), let value = Int(text), value <= 65535 else { return nil }
    return value
  }
}

/// IPv4 and IPv6 addresses as text.
enum IPAddress {
  static func isValid(_ text: String) -> Bool { isIPv4(text[...]) || isIPv6(text) }

  private static func isIPv4(_ text: Substring) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        (1...3).contains(part.utf8.count) && part.utf8.allSatisfy(\.isDigit) && (Int(part) ?? 256) < 256
          && (part.utf8.count == 1 || part.utf8.first != UInt8(ascii: "0"))
      }
  }

  private static func isIPv6(_ text: String) -> Bool {
    let address = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)[0]
    guard address.contains(":"), !address.contains(":::") else { return false }
    let groups = address.split(separator: ":", omittingEmptySubsequences: false)
    let gaps = address.ranges(of: "::").count
    guard gaps <= 1 else { return false }
    if groups.first?.isEmpty == true, !address.hasPrefix("::") { return false }
    if groups.last?.isEmpty == true, !address.hasSuffix("::") { return false }
    var count = 0
    for (index, group) in groups.enumerated() where !group.isEmpty {
      if index == groups.count - 1, group.contains(".") {
        guard isIPv4(group) else { return false }
        count += 2
      } else {
        guard group.utf8.count <= 4, UInt16(group, radix: 16) != nil else { return false }
        count += 1
      }
    }
    return gaps == 1 ? count < 8 : count == 8
  }
}
