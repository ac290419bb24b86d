/// What one check of the installation found.
package struct Finding: Hashable, Sendable {
  package enum Verdict: String, Sendable { case ok, warn, fail }

  /// One word: `engine`, `store`, `disk` …
  package var name: String
  package var verdict: Verdict
  package var message: String
  /// What to do; nil when all is well.
  package var remedy: String?

  package init(_ name: String, _ verdict: Verdict, _ message: String, remedy: String? = nil) {
    self.name = name
    self.verdict = verdict
    self.message = message
    self.remedy = remedy
  }

  /// A failure in the form of this project's errors: the reason, then `fix:` and the remedy.
  package init(_ name: String, failure: some Error) {
    let lines = "\(failure)".split(separator: "\n").map { line in
      String(Substring(line.utf8.drop { $0 == 32 }))
    }
    let fix = lines.first { $0.hasPrefix("fix: ") }.map { String($0.dropFirst(5)) }
    self.init(name, .fail, lines.filter { !$0.hasPrefix("fix: ") }.joined(separator: "; "), remedy: fix)
  }
}
