import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of a network of a service, and what neither takes.
@Suite struct NetworksTests {
  private static let forms: [(String, String)] = [
    ("mac_address: 02:42:ac:11:65:43", #"{"mac_address": "02:42:ac:11:65:43"}"#),
    ("mac_address: bogus", #"{"mac_address": "bogus"}"#),
    (#"mac_address: "5""#, #"{"mac_address": "5"}"#),
    ("network_mode: host", #"{"network_mode": "host"}"#),
    ("network_mode: none", #"{"network_mode": "none"}"#),
    ("network_mode: bridge", #"{"network_mode": "bridge"}"#),
    ("network_mode: container:c", #"{"network_mode": "container:c"}"#),
    ("network_mode: n1", #"{"network_mode": "n1"}"#),
    (#"network_mode: "5""#, #"{"network_mode": "5"}"#),
    ("networks: [n1]", #"{"networks": {"n1": null}}"#),
    ("networks: [n1, n2]", #"{"networks": {"n1": null, "n2": null}}"#),
    ("networks: {n1: , n2: {aliases: [a]}}", #"{"networks": {"n1": null, "n2": {"aliases": ["a"]}}}"#),
    ("networks: [default]", "{}"),
    ("networks: {default: {aliases: [z]}}", #"{"networks": {"default": {"aliases": ["z"]}}}"#),
    ("networks: {n1: {x-a: 1}}", #"{"networks": {"n1": {}}}"#),
    ("networks: []", "{}"),
    ("networks: {}", "{}"),
    ("networks: {n1: {aliases: [a, b]}}", #"{"networks": {"n1": {"aliases": ["a", "b"]}}}"#),
    ("networks: {n1: {ipv4_address: 10.0.0.2}}", #"{"networks": {"n1": {"ipv4_address": "10.0.0.2"}}}"#),
    ("networks: {n1: {priority: 5}}", #"{"networks": {"n1": {"priority": 5}}}"#),
    ("networks: {n1: null}", #"{"networks": {"n1": null}}"#),
    ("networks: {n1: {}}", #"{"networks": {"n1": {}}}"#),
    ("networks: {n1: {aliases: [a, a]}}", #"{"networks": {"n1": {"aliases": ["a"]}}}"#),
    ("networks: {n1: {aliases: []}}", #"{"networks": {"n1": {}}}"#),
    ("networks: {n1: {interface_name: eth9}}", #"{"networks": {"n1": {"interface_name": "eth9"}}}"#),
    (#"networks: {n1: {interface_name: "5"}}"#, #"{"networks": {"n1": {"interface_name": "5"}}}"#),
    ("networks: {n1: {ipv4_address: bogus}}", #"{"networks": {"n1": {"ipv4_address": "bogus"}}}"#),
    (#"networks: {n1: {ipv4_address: "5"}}"#, #"{"networks": {"n1": {"ipv4_address": "5"}}}"#),
    ("networks: {n1: {ipv6_address: '2001:db8::1'}}", #"{"networks": {"n1": {"ipv6_address": "2001:db8::1"}}}"#),
    (#"networks: {n1: {ipv6_address: "5"}}"#, #"{"networks": {"n1": {"ipv6_address": "5"}}}"#),
    ("networks: {n1: {link_local_ips: [57.123.22.11]}}", #"{"networks": {"n1": {"link_local_ips": ["57.123.22.11"]}}}"#),
    ("networks: {n1: {link_local_ips: []}}", #"{"networks": {"n1": {}}}"#),
    ("networks: {n1: {mac_address: 02:42:ac:11:65:43}}", #"{"networks": {"n1": {"mac_address": "02:42:ac:11:65:43"}}}"#),
    ("networks: {n1: {mac_address: bogus}}", #"{"networks": {"n1": {"mac_address": "bogus"}}}"#),
    (#"networks: {n1: {mac_address: "5"}}"#, #"{"networks": {"n1": {"mac_address": "5"}}}"#),
    ("networks: {n1: {driver_opts: {a: b, c: 1}}}", #"{"networks": {"n1": {"driver_opts": {"a": "b", "c": "1"}}}}"#),
    ("networks: {n1: {driver_opts: {}}}", #"{"networks": {"n1": {}}}"#),
    ("networks: {n1: {priority: 1000}}", #"{"networks": {"n1": {"priority": 1000}}}"#),
    ("networks: {n1: {priority: 5.5}}", #"{"networks": {"n1": {"priority": 5}}}"#),
    ("networks: {n1: {gw_priority: 1}}", #"{"networks": {"n1": {"gw_priority": 1}}}"#),
  ]

  @Test(arguments: forms)
  func `Each form of a network of a service has its canonical form`(lines: String, expected: String) throws {
    #expect(try AttributeTable.service(lines) == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    ("mac_address: null", "4:18 wrongType"),
    ("network_mode: service:nope", "4:19 undefinedService"),
    ("network_mode: 'service:'", "4:19 undefinedService"),
    ("network_mode: service:s", "4:19 dependencyCycle"),
    ("network_mode: null", "4:19 wrongType"),
    ("networks: [nope]", "4:16 undefinedNetwork"),
    ("networks: {n1: {bogus: 1}}", "4:21 unknownKey"),
    ("networks: [n1, n1]", "4:20 invalidValue"),
    ("networks: null", "4:15 wrongType"),
    ("networks: {n1: []}", "4:20 wrongType"),
    ("networks: {n1: {aliases: null}}", "4:30 wrongType"),
    ("networks: {n1: {interface_name: null}}", "4:37 wrongType"),
    ("networks: {n1: {ipv4_address: null}}", "4:35 wrongType"),
    ("networks: {n1: {ipv6_address: null}}", "4:35 wrongType"),
    ("networks: {n1: {link_local_ips: null}}", "4:37 wrongType"),
    ("networks: {n1: {mac_address: null}}", "4:34 wrongType"),
    ("networks: {n1: {driver_opts: null}}", "4:34 wrongType"),
    ("networks: {n1: {priority: null}}", "4:31 wrongType"),
    ("networks: {n1: {gw_priority: null}}", "4:34 wrongType"),
  ]

  @Test(arguments: refused)
  func `What is wrong with a network of a service is told at its place`(lines: String, expected: String) {
    #expect(AttributeTable.refusals(of: lines).joined(separator: ", ") == expected)
  }
}
