import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of a dependency, and what neither takes.
@Suite struct DependsOnTests {
  private static let forms: [(String, String)] = [
    ("depends_on: [o]", #"{"depends_on": {"o": {"condition": "service_started", "required": true}}}"#),
    (
      "depends_on: {o: {condition: service_healthy}}",
      #"{"depends_on": {"o": {"condition": "service_healthy", "required": true}}}"#
    ),
    (
      "depends_on: {o: {condition: service_started, restart: true, required: false}}",
      #"{"depends_on": {"o": {"condition": "service_started", "restart": true, "required": false}}}"#
    ),
    (
      "depends_on: {o: {condition: service_completed_successfully, x-a: 1}}",
      #"{"depends_on": {"o": {"condition": "service_completed_successfully", "required": true}}}"#
    ),
    ("depends_on: []", "{}"),
    ("depends_on: {}", "{}"),
    (
      "depends_on: {o: {condition: service_started, required: true}}",
      #"{"depends_on": {"o": {"condition": "service_started", "required": true}}}"#
    ),
    (
      "depends_on: {o: {condition: service_started, required: false}}",
      #"{"depends_on": {"o": {"condition": "service_started", "required": false}}}"#
    ),
    (
      "depends_on: {o: {condition: service_started, required: 'false'}}",
      #"{"depends_on": {"o": {"condition": "service_started", "required": false}}}"#
    ),
    (
      "depends_on: {o: {condition: service_started, restart: true}}",
      #"{"depends_on": {"o": {"condition": "service_started", "restart": true, "required": true}}}"#
    ),
    (
      "depends_on: {o: {condition: service_started, restart: 'yes'}}",
      #"{"depends_on": {"o": {"condition": "service_started", "restart": true, "required": true}}}"#
    ),
    ("external_links: ['a:b', c]", #"{"external_links": ["a:b", "c"]}"#),
    ("external_links: []", "{}"),
    (
      "links: ['o:a', o]",
      #"{"links": ["o:a", "o"], "depends_on": {"o": {"condition": "service_started", "restart": true, "required": true}}}"#
    ),
    (
      "links: [o, o]",
      #"{"links": ["o"], "depends_on": {"o": {"condition": "service_started", "restart": true, "required": true}}}"#
    ),
    ("links: []", "{}"),
    ("volumes_from: [o]", #"{"volumes_from": ["o"], "depends_on": {"o": {"condition": "service_started", "required": true}}}"#),
    (
      "volumes_from: ['o:ro']",
      #"{"volumes_from": ["o:ro"], "depends_on": {"o": {"condition": "service_started", "required": true}}}"#
    ),
    ("volumes_from: ['container:c']", #"{"volumes_from": ["container:c"]}"#),
    ("volumes_from: ['container:c:ro']", #"{"volumes_from": ["container:c:ro"]}"#),
    ("volumes_from: []", "{}"),
  ]

  @Test(arguments: forms)
  func `Each form of a dependency has its canonical form`(lines: String, expected: String) throws {
    #expect(try AttributeTable.service(lines) == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    ("depends_on: [nope]", "4:18 undefinedService"),
    ("depends_on: {nope: {condition: service_started, required: false}}", "4:18 undefinedService"),
    ("depends_on: [s]", "4:18 dependencyCycle"),
    ("depends_on: [o, o]", "4:21 invalidValue"),
    ("depends_on: {o: {restart: true}}", "4:21 missingValue"),
    ("depends_on: null", "4:17 wrongType"),
    ("depends_on: {o: {condition: healthy}}", "4:33 invalidValue"),
    ("depends_on: {o: {condition: null}}", "4:33 wrongType"),
    ("depends_on: {o: {condition: service_started, required: null}}", "4:60 wrongType"),
    ("depends_on: {o: {condition: service_started, restart: null}}", "4:59 wrongType"),
    ("external_links: null", "4:21 wrongType"),
    ("links: [nope]", "4:13 undefinedService"),
    ("links: null", "4:12 wrongType"),
    ("volumes_from: [nope]", "4:20 undefinedService"),
    ("volumes_from: [o, o]", "4:23 invalidValue"),
    ("volumes_from: null", "4:19 wrongType"),
  ]

  @Test(arguments: refused)
  func `What is wrong with a dependency is told at its place`(lines: String, expected: String) {
    #expect(AttributeTable.refusals(of: lines).joined(separator: ", ") == expected)
  }
}
