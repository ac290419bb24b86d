/// Reads `x-slipway` and the labels `slipway.*` of a merged document.
///
/// What a label says is what the key of the same name says (`slipway.update.policy` is `update: {policy: …}`); where both are
/// given, the key wins.
struct SlipwayReading {
  private(set) var result: SlipwayExtension
  private(set) var warnings: [ComposeWarning] = []
  private(set) var problems: [ComposeProblem] = []

  /// The attributes that something acts on; the others are checked and stored, and the user is told.
  private static let effective: Set<String> = ["servers"]

  init(_ document: Node) {
    result = SlipwayExtension(project: document[SlipwaySchema.key]?.plain)
    tellOfIdle(document[SlipwaySchema.key], at: SlipwaySchema.key)
    tellOfMisspelt(document)
    for entry in document["services"]?.entries ?? [] {
      guard let settings = settings(of: entry, in: "services", by: SlipwaySchema.service) else { continue }
      result.services[entry.key] = SlipwayExtension.ServiceSettings(settings)
    }
    for entry in document["volumes"]?.entries ?? [] {
      guard let settings = settings(of: entry, in: "volumes", by: SlipwaySchema.volume) else { continue }
      result.volumes[entry.key] = SlipwayExtension.VolumeSettings(settings)
    }
  }

  private mutating func settings(of entry: Node.Entry, in section: String, by rule: SchemaRule) -> CanonicalReader? {
    let path = AttributePath(section, entry.key)
    let own = entry.value[SlipwaySchema.key]
    let labels = labels(entry.value["labels"], by: rule, at: path.appending("labels"))
    tellOfIdle(own, at: path.appending(SlipwaySchema.key).description)
    guard let settings = [labels, own].compactMap({ $0 }).reduce(nil, Self.laid) else { return nil }
    return CanonicalReader(settings.plain, at: path.description)
  }

  /// Both, `over` where they disagree.
  private static func laid(_ base: Node?, _ over: Node) -> Node? {
    guard var entries = base?.entries, let others = over.entries else { return over }
    for other in others {
      if let index = entries.firstIndex(where: { $0.key == other.key }) {
        entries[index].value = laid(entries[index].value, other.value) ?? other.value
      } else {
        entries.append(other)
      }
    }
    return Node(.map(entries), at: over.position)
  }

  /// The labels as the extension that they stand for; nil: there are none.
  private mutating func labels(_ labels: Node?, by rule: SchemaRule, at path: AttributePath) -> Node? {
    var result: Node?
    for label in labels?.entries ?? [] where label.key.hasPrefix(SlipwaySchema.labelPrefix) {
      let keys = label.key.dropFirst(SlipwaySchema.labelPrefix.count).split(separator: ".").map(String.init)
      guard let place = rule.rule(at: keys[...]) else {
        tellOfUnknown(label, keys, rule, at: path)
        continue
      }
      let value = place.value(of: label.value)
      let here = path.appending(label.key)
      let count = problems.count
      ComposeSchema.check(value, by: place, at: here, problems: &problems)
      guard problems.count == count else { continue }
      tell(label.keyPosition, "\(path): the label `\(label.key)`", of: keys[0])
      let branch = keys.reversed().reduce(value) { $0.wrapped(in: $1) }
      result = Self.laid(result, branch)
    }
    return result
  }

  /// Labels are free: a wrong name is no mistake of the file, but hardly meant.
  private mutating func tellOfUnknown(_ label: Node.Entry, _ keys: [String], _ rule: SchemaRule, at path: AttributePath) {
    let known = rule.names.map { SlipwaySchema.labelPrefix + $0 }
    let hint = Spelling.nearest(to: label.key, among: known).map { "; did you mean `\($0)`?" } ?? ""
    warnings.append(
      ComposeWarning(at: label.keyPosition, "\(path): the label `\(label.key)` means nothing to Slipway\(hint)"))
  }

  private mutating func tellOfIdle(_ node: Node?, at path: String) {
    for entry in node?.entries ?? [] { tell(entry.keyPosition, "\(path).\(entry.key)", of: entry.key) }
  }

  /// Keys of any other extension are taken without a word; one that was meant to be ours would be without effect.
  private mutating func tellOfMisspelt(_ document: Node) {
    let members = ["services", "volumes"].flatMap { document[$0]?.entries ?? [] }.map(\.value)
    for entry in ([document] + members).flatMap({ $0.entries ?? [] }) where entry.key.hasPrefix("x-s") {
      guard entry.key != SlipwaySchema.key, Spelling.nearest(to: entry.key, among: [SlipwaySchema.key]) != nil else { continue }
      warnings.append(ComposeWarning(at: entry.keyPosition, "\(entry.key) is not Slipway's extension: did you mean x-slipway?"))
    }
  }

  private mutating func tell(_ position: SourcePosition, _ what: String, of attribute: String) {
    guard !Self.effective.contains(attribute) else { return }
    warnings.append(ComposeWarning(at: position, "\(what) has no effect in this version of Slipway"))
  }
}

extension SchemaRule {
  /// The rule at the end of a way of keys; nil: there is none, or one that a single text cannot give a value.
  fileprivate func rule(at keys: ArraySlice<String>) -> SchemaRule? {
    guard let key = keys.first else {
      if case .object = self { return nil }
      return self
    }
    guard case .object(let object) = self else { return nil }
    return object.attributes[key]?.rule(at: keys.dropFirst())
  }

  /// The ways of keys to all values.
  fileprivate var names: [String] {
    guard case .object(let object) = self else { return [] }
    return object.attributes.flatMap { key, rule in rule.names.isEmpty ? [key] : rule.names.map { "\(key).\($0)" } }
  }

  /// The text of a label as a value of the kind that the rule wants; a list is written with commas.
  fileprivate func value(of label: Node) -> Node {
    guard let text = label.scalarText else { return label }
    if kinds.contains(.string) { return Node(.string(text), at: label.position) }
    if kinds.contains(.list) {
      let items = text.split(separator: ",").map { item in
        Node(.string(String(item.drop { $0 == " " })), at: label.position)
      }
      return Node(.list(items), at: label.position)
    }
    return Node(YAMLScalar.resolve(text), at: label.position)
  }
}
