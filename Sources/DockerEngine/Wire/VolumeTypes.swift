/// A volume, from the list or by name.
package struct VolumeInspection: WireValue, Sendable {
  @OrDefault package var name: String
  @OrDefault package var driver: String
  @OrDefault package var mountpoint: String
  @OrDefault package var createdAt: EngineTimestamp
  @OrDefault package var labels: [String: String]
  @OrDefault package var scope: String
  @OrDefault package var options: [String: String]
  /// Only from `diskUsage`.
  package var usage: VolumeUsage?

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case name = "Name"
    case driver = "Driver"
    case mountpoint = "Mountpoint"
    case createdAt = "CreatedAt"
    case labels = "Labels"
    case scope = "Scope"
    case options = "Options"
    case usage = "UsageData"
  }
}

/// How much a volume holds and how many containers use it; -1 when not known.
package struct VolumeUsage: WireValue, Sendable {
  @OrDefault package var sizeBytes: Int64
  @OrDefault package var referenceCount: Int64

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case sizeBytes = "Size"
    case referenceCount = "RefCount"
  }
}

/// The answer of `GET /volumes`.
package struct VolumeList: WireValue, Sendable {
  @OrDefault package var volumes: [VolumeInspection]
  @OrDefault package var warnings: [String]

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case volumes = "Volumes"
    case warnings = "Warnings"
  }
}

/// The body of `POST /volumes/create`.
package struct VolumeSpec: WireValue, Sendable {
  @OrDefault package var name: String
  @OrDefault package var driver: String
  @OrDefault package var options: [String: String]
  @OrDefault package var labels: [String: String]

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case name = "Name"
    case driver = "Driver"
    case options = "DriverOpts"
    case labels = "Labels"
  }
}

/// Which volumes a prune removed.
package struct VolumesPruned: WireValue, Sendable {
  @OrDefault package var names: [String]
  @OrDefault package var reclaimedBytes: Int64

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case names = "VolumesDeleted"
    case reclaimedBytes = "SpaceReclaimed"
  }
}
