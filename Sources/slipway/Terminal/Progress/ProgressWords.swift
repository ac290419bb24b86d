import StackPlanning

/// What a step is called while it runs and when it is done, in Compose's words.
struct ProgressWords {
  /// `Container shop-web-1`
  var object: String
  var doing: String
  var done: String

  /// nil: the step is no news for people.
  init?(_ action: PlanAction) {
    switch action {
    case .pullImage, .buildImage, .rename: return nil
    case .createNetwork(_, let name): self.init("Network \(name)", "Creating", "Created")
    case .removeNetwork(_, let name): self.init("Network \(name)", "Removing", "Removed")
    case .restoreNetwork(let network): self.init("Network \(network.name)", "Restoring", "Restored")
    case .createVolume(_, let name): self.init("Volume \(name)", "Creating", "Created")
    case .removeVolume(let name): self.init("Volume \(name)", "Removing", "Removed")
    case .removeImage(let reference): self.init("Image \(reference)", "Removing", "Removed")
    case .createContainer(_, _, let name, _, let replaces):
      self.init("Container \(name)", replaces == nil ? "Creating" : "Recreate", replaces == nil ? "Created" : "Recreated")
    case .sendFiles(let sources): self.init("Files \(sources.joined(separator: ", "))", "Sending", "Sent")
    case .copyFiles(let container): self.init("Container \(container.name)", "Copying files", "Created")
    case .connect(let container, _, _), .reconnect(let container, _, _):
      self.init("Container \(container.name)", "Connecting", "Connected")
    case .disconnect(let container, _): self.init("Container \(container.name)", "Disconnecting", "Disconnected")
    case .stop(let container, _): self.init("Container \(container.name)", "Stopping", "Stopped")
    case .start(let container): self.init("Container \(container.name)", "Starting", "Started")
    case .unpause(let container): self.init("Container \(container.name)", "Unpausing", "Unpaused")
    case .pause(let container): self.init("Container \(container.name)", "Pausing", "Paused")
    case .remove(let container, _): self.init("Container \(container.name)", "Removing", "Removed")
    case .preStartHook(let container, let index):
      self.init("Service \(container.service)", "Running pre_start[\(index)]", "pre_start[\(index)] ran")
    case .preStopHook(let container, let index):
      self.init("Container \(container.name)", "Running pre_stop[\(index)]", "pre_stop[\(index)] ran")
    case .postStartHook(let container, let index):
      self.init("Container \(container.name)", "Running post_start[\(index)]", "post_start[\(index)] ran")
    case .await(let service, let condition, _, _):
      switch condition {
      case .healthy: self.init("Service \(service)", "Waiting for health", "Healthy")
      case .completed: self.init("Service \(service)", "Waiting for its end", "Completed")
      case .ready: self.init("Service \(service)", "Waiting", "Ready")
      }
    }
  }

  /// How a step ended that failed, in a line.
  static func failure(_ reason: String) -> String {
    reason == "cancelled" ? "Cancelled" : "Error: \(TerminalText.line(String(reason.split(separator: "\n").first ?? "")))"
  }

  private init(_ object: String, _ doing: String, _ done: String) {
    self.object = object
    self.doing = doing
    self.done = done
  }
}

/// Bytes and times as people read them.
enum Figures {
  /// `12.3s`
  static func seconds(_ duration: Duration) -> String {
    let tenths = duration.components.seconds * 10 + duration.components.attoseconds / 100_000_000_000_000_000
    return "\(tenths / 10).\(tenths % 10)s"
  }

  /// `840B`, `12.3kB`, `4.5MB`: powers of 1000, as Docker prints sizes.
  static func bytes(_ count: Int64) -> String {
    guard count >= 1000 else { return "\(count)B" }
    var unit = 0
    var tenths = count / 100
    while tenths >= 10_000, unit < 3 {
      tenths /= 1000
      unit += 1
    }
    return "\(tenths / 10).\(tenths % 10)\(["kB", "MB", "GB", "TB"][unit])"
  }
}

/// The bytes of an image's layers while it is pulled or pushed.
struct PullTally: Sendable {
  private var layers: [String: (current: Int64, total: Int64)] = [:]
  private(set) var status = ""

  mutating func take(layer: String, status: String, current: Int64, total: Int64) {
    self.status = status
    guard !layer.isEmpty else { return }
    if status == "Downloading" || status == "Extracting" || status == "Pushing", total > 0 {
      // Extracting counts from zero again: what is downloaded stays so.
      let known = layers[layer] ?? (0, 0)
      layers[layer] = (status == "Extracting" ? total : max(known.current, current), total)
    } else if ["Download complete", "Pull complete", "Already exists", "Pushed", "Layer already exists"].contains(status) {
      let total = layers[layer]?.total ?? 0
      layers[layer] = (total, total)
    }
  }

  var currentBytes: Int64 { Self.sum(layers.values.lazy.map(\.current)) }
  var totalBytes: Int64 { Self.sum(layers.values.lazy.map(\.total)) }

  /// The numbers are the engine's: whatever it says, the sum stays a number.
  private static func sum(_ counts: some Sequence<Int64>) -> Int64 {
    counts.reduce(0) { sum, count in
      let (result, overflow) = sum.addingReportingOverflow(max(0, count))
      return overflow ? .max : result
    }
  }
}
