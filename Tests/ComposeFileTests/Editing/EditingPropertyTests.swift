import Testing

@testable import ComposeFile

/// Random edits of random files: the model is the intended one, and bytes outside of the edits are the same.
@Suite struct EditingPropertyTests {
  /// Seeds a test; `SLIPWAY` runs nothing else, so that all of them together take a second or two in a debug build.
  private static let seeds = 0..<UInt64(400)
  private static let editsPerFile = 6

  @Test func `Random edits of random files mean what was asked for and touch nothing else`() throws {
    var made = 0
    var refused: [ComposeProblem.Rule: Int] = [:]
    for seed in Self.seeds {
      var stack = RandomStack(seed: seed)
      let text = Array(stack.text().utf8)
      let (documents, problems) = YAMLReader.read(text, file: "c.yaml")
      try #require(problems.isEmpty, "seed \(seed): \(problems)")
      var numbers = SeededNumbers(seed: seed &+ 1_000_000)
      for _ in 0..<Self.editsPerFile {
        let edit = RandomEdit.make(&numbers, stack.serviceNames)
        var file = try EditableFile(text, path: "c.yaml")
        let edits: [TextEdit]
        do throws(ComposeProblems) {
          edits = try file.apply(edit)
        } catch {
          #expect(file.bytes == text)
          let rule = error.problems[0].rule
          refused[rule, default: 0] += 1
          let isExpected = [.sharedValue, .interpolation, .missingValue].contains(rule)
          #expect(isExpected, "seed \(seed), \(edit): \(error)\n\(String(decoding: text, as: UTF8.self))")
          continue
        }
        try check(file.bytes, edits, edit, text, documents, seed)
        made += 1
      }
    }
    // Most edits can be made; a generator that only makes what is refused would prove nothing.
    #expect(made > refused.values.reduce(0, +), "\(made) made, refused: \(refused)")
  }

  private func check(
    _ result: [UInt8], _ edits: [TextEdit], _ edit: ComposeEdit, _ text: [UInt8], _ documents: [Node], _ seed: UInt64
  ) throws {
    let note = "seed \(seed), \(edit)\n\(String(decoding: text, as: UTF8.self))\n→\n\(String(decoding: result, as: UTF8.self))"
    let (after, problems) = YAMLReader.read(result, file: "c.yaml")
    #expect(problems.isEmpty, "\(note)")
    let intended = try #require(documents.last).plain.intended(edit)
    #expect(after.last?.plain.withoutExtensions.texts == intended?.withoutExtensions.texts, "\(note)")
    // What the edits do not name is there, in its order, byte for byte.
    if case .setScale = edit { return }
    var at = 0
    var place = 0
    for edit in edits.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      let kept = text[at..<edit.range.lowerBound]
      #expect(Array(result[place..<(place + kept.count)]) == Array(kept), "\(note)")
      place += kept.count + edit.replacement.count
      at = edit.range.upperBound
    }
    #expect(Array(result[place...]) == Array(text[at...]), "\(note)")
  }
}

extension ComposeValue {
  /// The model after an edit, by other code than that under test.
  fileprivate func intended(_ edit: ComposeEdit) -> ComposeValue? {
    func text(_ value: String) -> String { value.split(separator: "$", omittingEmptySubsequences: false).joined(separator: "$$") }
    switch edit {
    case .setImage(let service, let image): return setting(["services", service, "image"], .string(text(image)))
    case .setVariable(let service, let name, let value):
      return settingText(["services", service, "environment"], name, text(value))
    case .removeVariable(let service, let name): return removingText(service, "environment", name)
    case .setLabel(let service, let name, let value): return settingText(["services", service, "labels"], name, text(value))
    case .removeLabel(let service, let name): return removingText(service, "labels", name)
    case .setScale(let service, let count):
      if self["services"]?[service]?["deploy"]?["replicas"] != nil {
        return setting(["services", service, "deploy", "replicas"], .int(count))
      }
      return setting(["services", service, "scale"], .int(count))
    case .addService(let name, let value): return setting(["services", name], value.mapTexts(text))
    case .addServiceText(let name, _):
      return setting(["services", name], .map(ComposeMap([("image", .string("x")), ("tty", .bool(true))])))
    case .removeService(let name): return setting(["services", name], nil)
    case .set(let path, let value): return setting(path, value.mapTexts(text))
    case .remove(let path): return setting(path, nil)
    }
  }

  private func mapTexts(_ change: (String) -> String) -> ComposeValue {
    switch self {
    case .string(let text): .string(change(text))
    case .list(let items): .list(items.map { $0.mapTexts(change) })
    case .map(let map): .map(ComposeMap(map.pairs.map { ($0.key, $0.value.mapTexts(change)) }))
    case .null, .bool, .int, .double: self
    }
  }

  private func setting(_ path: [String], _ value: ComposeValue?) -> ComposeValue? {
    guard let key = path.first else { return value }
    var map = self.map ?? ComposeMap()
    map[key] = (map[key] ?? .null).setting(Array(path.dropFirst()), value)
    return .map(map)
  }

  private func value(_ path: [String]) -> ComposeValue? {
    path.reduce(self as ComposeValue?) { value, key in value?[key] }
  }

  private func settingText(_ section: [String], _ name: String, _ text: String) -> ComposeValue? {
    guard case .list(var items)? = value(section) else { return setting(section + [name], .string(text)) }
    let item = ComposeValue.string("\(name)=\(text)")
    if let index = items.lastIndex(where: { Self.names($0, name) }) { items[index] = item } else { items.append(item) }
    return setting(section, .list(items))
  }

  private func removingText(_ service: String, _ section: String, _ name: String) -> ComposeValue? {
    let path = ["services", service, section]
    if case .list(let items)? = value(path) {
      let rest = items.filter { !Self.names($0, name) }
      return setting(path, rest.isEmpty ? nil : .list(rest))
    }
    guard var map = value(path)?.map else { return self }
    map[name] = nil
    return setting(path, map.isEmpty ? nil : .map(map))
  }

  private static func names(_ item: ComposeValue, _ name: String) -> Bool {
    item.string == name || (item.string?.hasPrefix(name + "=") ?? false)
  }

  fileprivate var withoutExtensions: ComposeValue {
    guard case .map(let map) = self else { return self }
    return .map(ComposeMap(map.pairs.filter { !$0.key.hasPrefix("x-") }.map { ($0.key, $0.value) }))
  }

  /// Numbers and booleans of `environment` and `labels` as the texts that Compose makes of them.
  fileprivate var texts: ComposeValue {
    guard case .map(let services)? = self["services"], var root = map else { return self }
    let changed = services.pairs.map { name, service -> (String, ComposeValue) in
      guard var fields = service.map else { return (name, service) }
      for section in ["environment", "labels"] {
        guard let settings = fields[section]?.map else { continue }
        fields[section] = .map(
          ComposeMap(
            settings.pairs.map { key, value in
              switch value {
              case .int(let number): (key, .string(String(number)))
              case .bool(let flag): (key, .string(String(flag)))
              default: (key, value)
              }
            }))
      }
      return (name, .map(fields))
    }
    root["services"] = .map(ComposeMap(changed))
    return .map(root)
  }
}
