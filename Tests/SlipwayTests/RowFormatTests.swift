import ComposeFile
import Testing

@testable import slipway

@Suite struct RowFormatTests {
  private let columns = [RowFormat.Column("Name", "NAME"), .init("Ports", "PORTS"), .init("Code", "CODE")]
  private let rows: [RowFormat.Row] = [
    ["Name": .string("web-1"), "Ports": .string("80/tcp"), "Code": .int(0)],
    ["Name": .string("a-longer-name-1"), "Ports": .string(""), "Code": .int(3)],
  ]

  private func text(_ format: String?) throws -> String {
    try RowFormat(format, columns: columns, standard: ["Name", "Ports"]).text(rows)
  }

  @Test(arguments: [
    (nil, "NAME              PORTS\nweb-1             80/tcp\na-longer-name-1   \n"),
    ("table", "NAME              PORTS\nweb-1             80/tcp\na-longer-name-1   \n"),
    ("json", "{\"Code\":0,\"Name\":\"web-1\",\"Ports\":\"80/tcp\"}\n{\"Code\":3,\"Name\":\"a-longer-name-1\",\"Ports\":\"\"}\n"),
    ("{{.Name}} {{ .Code }}", "web-1 0\na-longer-name-1 3\n"),
    ("{{json .Name}}", "\"web-1\"\n\"a-longer-name-1\"\n"),
    ("table {{.Code}}\\t{{.Name}}!", "CODE      NAME!\n0         web-1!\n3         a-longer-name-1!\n"),
  ])
  func `Docker's forms are understood`(format: String?, expected: String) throws {
    #expect(try text(format) == expected)
  }

  @Test(arguments: ["nosuch", "{{.Nosuch}}", "{{.Name", "{{upper .Name}}", "{{range .}}x{{end}}"])
  func `What is not understood is refused`(format: String) {
    #expect(throws: CommandFailure.self) { try text(format) }
  }
}

@Suite struct FigureTextTests {
  @Test(arguments: [
    (0, "0B"), (1023, "1023B"), (1024, "1KiB"), (344_064, "336KiB"), (528_384, "516KiB"), (25_275_842_560, "23.54GiB"),
    (1_048_064, "1024KiB"),
  ])
  func `Memory is shown with four digits that count`(bytes: UInt64, expected: String) {
    #expect(HumanText.binarySize(bytes) == expected)
  }

  @Test(arguments: [(0.0, "0.00%"), (1.814, "1.81%"), (99.999, "100.00%"), (.nan, "0%"), (.infinity, "0%")])
  func `Shares are shown with two decimals`(value: Double, expected: String) {
    #expect(HumanText.percent(value) == expected)
  }
}
