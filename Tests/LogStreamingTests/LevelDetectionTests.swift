import DockerEngine
import Testing

@testable import LogStreaming

@Suite struct LevelDetectionTests {
  @Test(arguments: [
    // Fields of JSON.
    (#"{"level":"warn","msg":"x"}"#, LogLevel.warn), (#"{"msg":"error","lvl":"debug"}"#, .debug),
    (#"{"severity":"CRITICAL","m":{"level":"info"}}"#, .error), (#"{"levelname":"WARNING"}"#, .warn),
    (#"{"time":1,"level":30,"pid":1}"#, .info), (#"{"level":50}"#, .error), (#"{"log.level":"info"}"#, .info),
    (#"{"msg":"ERROR"}"#, .none), (#"{"a":"\"level\":\"error\"","level":"trace"}"#, .trace), (#"{"level":"fat"#, .none),
    // logfmt.
    (#"time="2026-01-01T00:00:00Z" level=warning msg="an error""#, .warn), (#"lvl=dbug level=debug"#, .debug),
    (#"ts=1 caller=a.go:1 level="error" msg=x"#, .error), ("mylevel=warn", .none),
    // klog.
    ("E0512 10:00:00.000000       1 file.go:12] no", .error), ("I0101 00:00:00.000000 1 a.go:1] error", .info),
    ("W1231 23:59:59.1 1 a.go:1] x", .warn), ("Every day", .none),
    // Anchored prefixes.
    ("[ERROR] no", .error), ("ERROR: no", .error), ("[warn] x", .warn), ("info: x", .info), ("WARN x", .warn),
    ("2026-01-01 12:00:00 WARN x", .warn), ("2026-01-01T12:00:00.123Z DEBUG error", .debug),
    ("2026/01/01 12:00:00 [error] 7#7: *1 open() failed", .error), ("Jan 02 10:00:00 INFO x", .info),
    ("2026-01-01 00:00:00.000 UTC [1] LOG:  ready", .info), ("2026-01-01 00:00:00.000 UTC [1] FATAL:  x", .error),
    ("<3>kernel", .error), ("<12>x", .warn), ("<191>x", .debug), ("<999>x", .none), ("<p>error</p>", .error),
    ("\u{1B}[31mERROR\u{1B}[0m no", .error), ("\u{1B}[32minfo\u{1B}[39m: x", .info),
    ("12:00:00.000 [main] ERROR c.e.App - x", .error), ("1:M 01 Jan 2026 00:00:00.000 # WARNING overcommit", .warn),
    // Keywords near the start, and what is none.
    ("cannot open: permission error", .error), ("panic: runtime error", .error), ("an Exception was thrown", .error),
    ("GET /error.html 200", .none), ("0 errors", .none), ("error_count 3", .none), ("more information", .none),
    ("info about it", .none),
    ("", .none), ("    ", .none), (String(repeating: "x ", count: 100) + "ERROR", .none), ("error=nil level=info", .info),
  ])
  func `The level is the explicit field, then the prefix, then a keyword`(text: String, level: LogLevel) {
    let bytes = Array(text.utf8)
    let found = LevelDetection.level(of: bytes.span)
    #expect(found == level, "\(text)")
  }

  @Test func `No bytes disturb it`() {
    var random = SystemRandomNumberGenerator()
    let letters = Array("{}[]\":,\\<>=0123456789 aeilnorvw\u{1B}m".utf8) + [0xFF, 0]
    for _ in 0..<20_000 {
      let text = (0..<Int.random(in: 0..<40, using: &random)).map { _ in letters.randomElement(using: &random) ?? 0 }
      _ = LevelDetection.level(of: text.span)
    }
  }
}

@Suite struct LineGroupingTests {
  private func groups(_ lines: [(Int64, String)]) -> [Bool] {
    var grouping = LineGrouping()
    return lines.map { time, text in
      let bytes = Array(text.utf8)
      return grouping.take(bytes.span, time: time * 1_000_000, stream: .stdout, level: .none).isContinued
    }
  }

  @Test(
    arguments: [
      (
        ["java.lang.Error: x", "\tat a.b(C.java:1)", "Caused by: y", "\t... 3 more", "INFO next"],
        [false, true, true, true, false]
      ),
      (
        ["Traceback (most recent call last):", "  File \"a\", line 1", "ValueError: x", "INFO: next"],
        [false, true, true, false]
      ),
      (["panic: x", "goroutine 1 [running]:", "main.main()", "\t/a.go:1", "next line"], [false, true, true, true, false]),
      (["{", "  a: 1", "}", "x"], [false, true, true, false]), (["  first", "at last"], [false, true]),
    ] as [([String], [Bool])])
  func `A trace is one group`(lines: [String], expected: [Bool]) {
    #expect(groups(lines.enumerated().map { (Int64($0), $1) }) == expected)
  }

  @Test func `What comes later than a second, or on the other stream, stands for itself`() {
    #expect(groups([(0, "a"), (900, "  b"), (2000, "  c")]) == [false, true, false])
    let (a, b, c) = (Array("a".utf8), Array("  b".utf8), Array("  c".utf8))
    var grouping = LineGrouping()
    _ = grouping.take(a.span, time: 0, stream: .stdout, level: .error)
    let other = grouping.take(b.span, time: 1, stream: .stderr, level: .none)
    let joined = grouping.take(c.span, time: 2, stream: .stdout, level: .none)
    #expect(!other.isContinued)
    #expect(joined.isContinued && joined.level == .error)
  }
}
