/// A checked project name (S-IN-1): only this reaches paths and engine calls.
package struct StackName: Hashable, Sendable, CustomStringConvertible {
  package let text: String

  package init?(_ text: String) {
    let first = text.utf8.first.map { (97...122).contains($0) || (48...57).contains($0) } ?? false
    guard first, text.utf8.count <= 63,
      text.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 95 })
    else { return nil }
    self.text = text
  }

  package var description: String { text }
}
