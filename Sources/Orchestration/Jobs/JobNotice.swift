package import ComposeFile
import FoundationEssentials
import StackPlanning

/// Something that a job tells, as it is kept and sent: a kind, and what it is about.
///
/// What is made of an operation's progress can be made into that progress again by whoever reads it: the two directions stand
/// side by side here, so that a display elsewhere shows what one in this process would.
package struct JobNotice: Sendable {
  package var kind: String
  package var fields: ComposeMap

  package init(_ kind: String, _ fields: [(String, ComposeValue)] = []) {
    self.kind = kind
    self.fields = ComposeMap(fields)
  }

  package init(kind: String, fields: ComposeMap) {
    self.kind = kind
    self.fields = fields
  }

  /// Bytes of a plan or a step that are sent as a model; a plan that is larger comes back without its steps. An event has 64 KiB
  /// in the store, the record for people among them.
  package static let modelLimit = 48 << 10

  // MARK: Progress of an operation

  /// Nil: it is told in another way, as the number of the operation.
  package init?(_ progress: OperationProgress) {
    switch progress {
    case .recorded: return nil
    case .planned(let plan):
      let model = Self.model(plan)
      let record: ComposeValue =
        model == .null
        ? .map(ComposeMap([("project", .string(plan.project)), ("warnings", .list(plan.warnings.map { .string($0) }))]))
        : plan.record
      self.init("planned", [("plan", record), ("model", model)])
    case .phase(let phase): self.init("phase", [("phase", .string(phase.rawValue))])
    case .pulling(let reference, let layer, let status, let current, let total):
      self.init("pulling", Self.transfer(reference, layer, status, current, total))
    case .pushing(let reference, let layer, let status, let current, let total):
      self.init("pushing", Self.transfer(reference, layer, status, current, total))
    case .pulled(let reference): self.init("pulled", [("image", .string(reference))])
    case .pushed(let reference): self.init("pushed", [("image", .string(reference))])
    case .building(let reference, let service, let line):
      self.init("building", [("image", .string(reference)), ("service", .string(service)), ("line", .string(line))])
    case .built(let reference, let service):
      self.init("built", [("image", .string(reference)), ("service", .string(service))])
    case .copying(let object, let current, let total): self.init("copying", Self.transfer(object, "", "", current, total))
    case .copied(let object, let bytes):
      self.init("copied", [("object", .string(object)), ("bytes", .int(Int(bytes)))])
    case .stepStarted(let step): self.init("step.started", Self.fields(step))
    case .stepDone(let step): self.init("step.done", Self.fields(step))
    case .stepSkipped(let step): self.init("step.skipped", Self.fields(step))
    case .stepFailed(let step, let reason): self.init("step.failed", Self.fields(step) + [("reason", .string(reason))])
    case .undoing(let reason): self.init("undoing", [("reason", .string(reason))])
    case .waitingForEngine(let reason): self.init("engine.gone", [("reason", .string(reason))])
    case .engineIsBack: self.init("engine.back")
    case .warning(let text): self.init("warning", [("text", .string(text))])
    }
  }

  /// What was told; nil: it is of another kind, or was cut off.
  package var operationProgress: OperationProgress? {
    func text(_ name: String) -> String { fields[name]?.string ?? "" }
    func bytes(_ name: String) -> Int64 { Int64(fields[name]?.int ?? 0) }
    let step: PlanStep? = Self.decoded(fields["model"])
    switch kind {
    case "planned":
      if let plan: Plan = Self.decoded(fields["model"]) { return .planned(plan) }
      let record = fields["plan"]
      return .planned(
        Plan(
          project: record?["project"]?.string ?? "",
          warnings: (record?["warnings"]?.list ?? []).compactMap(\.string)))
    case "phase": return PlanPhase(rawValue: text("phase")).map { .phase($0) }
    case "pulling":
      return .pulling(
        reference: text("object"), layer: text("layer"), status: text("status"), currentBytes: bytes("current_bytes"),
        totalBytes: bytes("total_bytes"))
    case "pushing":
      return .pushing(
        reference: text("object"), layer: text("layer"), status: text("status"), currentBytes: bytes("current_bytes"),
        totalBytes: bytes("total_bytes"))
    case "pulled": return .pulled(reference: text("image"))
    case "pushed": return .pushed(reference: text("image"))
    case "building": return .building(reference: text("image"), service: text("service"), line: text("line"))
    case "built": return .built(reference: text("image"), service: text("service"))
    case "copying":
      return .copying(object: text("object"), currentBytes: bytes("current_bytes"), totalBytes: bytes("total_bytes"))
    case "copied": return .copied(object: text("object"), bytes: bytes("bytes"))
    case "step.started": return step.map { .stepStarted($0) }
    case "step.done": return step.map { .stepDone($0) }
    case "step.skipped": return step.map { .stepSkipped($0) }
    case "step.failed": return step.map { .stepFailed($0, reason: text("reason")) }
    case "undoing": return .undoing(reason: text("reason"))
    case "engine.gone": return .waitingForEngine(reason: text("reason"))
    case "engine.back": return .engineIsBack
    case "warning": return .warning(text("text"))
    default: return nil
    }
  }

  // MARK: Progress of a command on services

  package init(_ progress: ServiceProgress) {
    switch progress {
    case .begun(let action): self.init("action.begun", Self.fields(action))
    case .done(let action): self.init("action.done", Self.fields(action))
    case .failed(let action, let reason): self.init("action.failed", Self.fields(action) + [("reason", .string(reason))])
    }
  }

  /// What was told; nil: it is of another kind.
  package var serviceProgress: ServiceProgress? {
    guard let action: ServiceAction = Self.decoded(fields["model"]) else { return nil }
    switch kind {
    case "action.begun": return .begun(action)
    case "action.done": return .done(action)
    case "action.failed": return .failed(action, reason: fields["reason"]?.string ?? "")
    default: return nil
    }
  }

  // MARK: Parts

  private static func transfer(
    _ object: String, _ layer: String, _ status: String, _ current: Int64, _ total: Int64
  ) -> [(String, ComposeValue)] {
    [
      ("object", .string(object)), ("layer", .string(layer)), ("status", .string(status)),
      ("current_bytes", .int(Int(current))), ("total_bytes", .int(Int(total))),
    ]
  }

  private static func fields(_ step: PlanStep) -> [(String, ComposeValue)] {
    let words = step.action.words
    return [
      ("step", .int(step.number)), ("phase", .string(step.phase.rawValue)), ("action", .string(words.verb)),
      ("target", .string(words.object)), ("service", step.action.service.map { .string($0) } ?? .null),
      ("model", model(step)),
    ]
  }

  private static func fields(_ action: ServiceAction) -> [(String, ComposeValue)] {
    let words = action.words
    return [("action", .string(words.verb)), ("target", .string(words.object)), ("model", model(action))]
  }

  /// A value as JSON, from which `decoded` makes it anew; null where it does not fit.
  package static func model(_ value: some Encodable, limitBytes: Int = modelLimit) -> ComposeValue {
    guard let data = try? JSONEncoder().encode(value), data.count <= limitBytes else { return .null }
    return (try? ComposeValue(json: Array(data))) ?? .null
  }

  /// Nil: it is no such value.
  package static func decoded<Value: Decodable>(_ model: ComposeValue?, as type: Value.Type = Value.self) -> Value? {
    guard let model, model != .null else { return nil }
    return try? JSONDecoder().decode(type, from: Data(model.json(indented: false).utf8))
  }
}
