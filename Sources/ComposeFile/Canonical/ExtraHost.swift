/// An entry of `extra_hosts`: `host=address`, `host:address`, the address perhaps in brackets.
struct ExtraHost {
  var name: String
  var address: String

  /// nil: no address.
  init?(_ text: String) {
    guard let separator = text.firstIndex(of: "=") ?? text.firstIndex(of: ":") else { return nil }
    name = String(text[..<separator])
    address = String(text[text.index(after: separator)...])
    if address.hasPrefix("["), address.hasSuffix("]"), address.utf8.count > 2 {
      address = String(address.dropFirst().dropLast())
    }
  }

  var text: String { "\(name)=\(address)" }
}
