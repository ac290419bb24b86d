import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of names and hosts, and what neither takes.
@Suite struct ExtraHostsTests {
  private static let forms: [(String, String)] = [
    ("dns: 8.8.8.8", #"{"dns": ["8.8.8.8"]}"#),
    ("dns: [8.8.8.8, 9.9.9.9]", #"{"dns": ["8.8.8.8", "9.9.9.9"]}"#),
    ("dns: [a, a]", #"{"dns": ["a"]}"#),
    ("dns: []", "{}"),
    (#"dns: "5""#, #"{"dns": ["5"]}"#),
    ("dns_opt: [use-vc, no-tld-query]", #"{"dns_opt": ["use-vc", "no-tld-query"]}"#),
    ("dns_opt: [a, a]", #"{"dns_opt": ["a"]}"#),
    ("dns_opt: []", "{}"),
    ("dns_search: example.com", #"{"dns_search": ["example.com"]}"#),
    ("dns_search: [a, b]", #"{"dns_search": ["a", "b"]}"#),
    ("dns_search: [a, a]", #"{"dns_search": ["a"]}"#),
    ("dns_search: []", "{}"),
    (#"dns_search: "5""#, #"{"dns_search": ["5"]}"#),
    ("extra_hosts: {a: 1.1.1.1, b: '::1'}", #"{"extra_hosts": ["a=1.1.1.1", "b=::1"]}"#),
    ("extra_hosts: ['a:1.1.1.1', 'b=[::1]', 'c:::1']", #"{"extra_hosts": ["a=1.1.1.1", "b=::1", "c=::1"]}"#),
    ("extra_hosts: {a: [1.1.1.1, 2.2.2.2]}", #"{"extra_hosts": ["a=1.1.1.1", "a=2.2.2.2"]}"#),
    ("extra_hosts: ['a=1', 'a=2']", #"{"extra_hosts": ["a=1", "a=2"]}"#),
    ("extra_hosts: ['host.docker.internal:host-gateway']", #"{"extra_hosts": ["host.docker.internal=host-gateway"]}"#),
    ("extra_hosts: ['a:1.1.1.1', 'a=1.1.1.1']", #"{"extra_hosts": ["a=1.1.1.1", "a=1.1.1.1"]}"#),
    ("extra_hosts: {a: '[::1]'}", #"{"extra_hosts": ["a=::1"]}"#),
    ("extra_hosts: ['b:1', 'a:1']", #"{"extra_hosts": ["a=1", "b=1"]}"#),
    ("extra_hosts: []", "{}"),
    ("extra_hosts: {}", "{}"),
  ]

  @Test(arguments: forms)
  func `Each form of names and hosts has its canonical form`(lines: String, expected: String) throws {
    #expect(try AttributeTable.service(lines) == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    ("dns: null", "4:10 wrongType"),
    ("dns_opt: null", "4:14 wrongType"),
    ("dns_search: null", "4:17 wrongType"),
    ("extra_hosts: ['a']", "4:19 invalidValue"),
    ("extra_hosts: null", "4:18 wrongType"),
  ]

  @Test(arguments: refused)
  func `What is wrong with names and hosts is told at its place`(lines: String, expected: String) {
    #expect(AttributeTable.refusals(of: lines).joined(separator: ", ") == expected)
  }
}
