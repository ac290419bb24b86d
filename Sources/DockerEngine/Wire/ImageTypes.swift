/// One row of the image list.
package struct ImageSummary: WireValue, Sendable {
  @OrDefault package var id: String
  @OrDefault package var parentID: String
  @OrDefault package var tags: [String]
  @OrDefault package var digests: [String]
  /// Seconds since 1970.
  @OrDefault package var createdAtSeconds: Int64
  @OrDefault package var sizeBytes: Int64
  /// -1 when not asked for.
  @OrDefault package var sharedSizeBytes: Int64
  @OrDefault package var labels: [String: String]
  /// -1 when not asked for.
  @OrDefault package var containerCount: Int

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case id = "Id"
    case parentID = "ParentId"
    case tags = "RepoTags"
    case digests = "RepoDigests"
    case createdAtSeconds = "Created"
    case sizeBytes = "Size"
    case sharedSizeBytes = "SharedSize"
    case labels = "Labels"
    case containerCount = "Containers"
  }
}

/// Everything the engine knows of one image.
package struct ImageInspection: WireValue, Sendable {
  @OrDefault package var id: String
  @OrDefault package var tags: [String]
  @OrDefault package var digests: [String]
  @OrDefault package var parentID: String
  @OrDefault package var comment: String
  @OrDefault package var createdAt: EngineTimestamp
  @OrDefault package var author: String
  @OrDefault package var config: ContainerConfig
  @OrDefault package var architecture: String
  @OrDefault package var variant: String
  @OrDefault package var os: String
  @OrDefault package var osVersion: String
  @OrDefault package var sizeBytes: Int64
  @OrDefault package var rootFileSystem: ImageRootFileSystem
  @OrDefault package var metadata: ImageMetadata
  /// Only with the containerd image store.
  package var descriptor: ImageDescriptor?

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case id = "Id"
    case tags = "RepoTags"
    case digests = "RepoDigests"
    case parentID = "Parent"
    case comment = "Comment"
    case createdAt = "Created"
    case author = "Author"
    case config = "Config"
    case architecture = "Architecture"
    case variant = "Variant"
    case os = "Os"
    case osVersion = "OsVersion"
    case sizeBytes = "Size"
    case rootFileSystem = "RootFS"
    case metadata = "Metadata"
    case descriptor = "Descriptor"
  }
}

/// What the engine itself notes about an image.
package struct ImageMetadata: WireValue, Sendable {
  /// When it was last pulled or tagged here.
  @OrDefault package var lastTagTime: EngineTimestamp

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case lastTagTime = "LastTagTime"
  }
}

/// The layers of an image.
package struct ImageRootFileSystem: WireValue, Sendable {
  @OrDefault package var kind: String
  @OrDefault package var layers: [String]

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case kind = "Type"
    case layers = "Layers"
  }
}

/// What a registry holds under a digest.
package struct ImageDescriptor: WireValue, Sendable {
  @OrDefault package var mediaType: String
  @OrDefault package var digest: String
  @OrDefault package var sizeBytes: Int64
  package var platform: ImagePlatform?

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case mediaType = "mediaType"
    case digest = "digest"
    case sizeBytes = "size"
    case platform = "platform"
  }
}

/// An operating system and a processor.
package struct ImagePlatform: WireValue, Sendable {
  @OrDefault package var architecture: String
  @OrDefault package var os: String
  @OrDefault package var variant: String
  @OrDefault package var osVersion: String

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case architecture = "architecture"
    case os = "os"
    case variant = "variant"
    case osVersion = "os.version"
  }
}

/// One step of how an image was made.
package struct ImageHistoryEntry: WireValue, Sendable {
  @OrDefault package var id: String
  @OrDefault package var createdAtSeconds: Int64
  @OrDefault package var createdBy: String
  @OrDefault package var tags: [String]
  @OrDefault package var sizeBytes: Int64
  @OrDefault package var comment: String

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case id = "Id"
    case createdAtSeconds = "Created"
    case createdBy = "CreatedBy"
    case tags = "Tags"
    case sizeBytes = "Size"
    case comment = "Comment"
  }
}

/// One thing that the removal of an image did.
package struct ImageRemoval: WireValue, Sendable {
  package var untagged: String?
  package var deleted: String?

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case untagged = "Untagged"
    case deleted = "Deleted"
  }
}

/// What a prune of images removed.
package struct ImagesPruned: WireValue, Sendable {
  @OrDefault package var removals: [ImageRemoval]
  @OrDefault package var reclaimedBytes: Int64

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case removals = "ImagesDeleted"
    case reclaimedBytes = "SpaceReclaimed"
  }
}

/// What the registry answers for a reference (`GET /distribution/NAME/json`).
package struct DistributionInspection: WireValue, Sendable {
  @OrDefault package var descriptor: DistributionDescriptor
  @OrDefault package var platforms: [ImagePlatform]

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case descriptor = "Descriptor"
    case platforms = "Platforms"
  }
}

/// The manifest or index that a tag stands for at the registry.
package struct DistributionDescriptor: WireValue, Sendable {
  @OrDefault package var mediaType: String
  @OrDefault package var digest: String
  @OrDefault package var sizeBytes: Int64

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case mediaType = "mediaType"
    case digest = "digest"
    case sizeBytes = "size"
  }
}

/// One message of a pull, a push, a build, a load or an import.
package struct ProgressEvent: WireValue, Sendable {
  /// A layer, or the tag; may be empty.
  @OrDefault package var id: String
  @OrDefault package var status: String
  @OrDefault package var detail: ProgressDetail
  /// What a load or a build prints.
  @OrDefault package var text: String
  /// Set when the operation failed; the streams throw it as an error.
  @OrDefault package var errorText: String
  package var auxiliary: ProgressAuxiliary?

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case id = "id"
    case status = "status"
    case detail = "progressDetail"
    case text = "stream"
    case errorText = "error"
    case auxiliary = "aux"
  }
}

/// How far a layer is; 0 of 0 when the engine does not say.
package struct ProgressDetail: WireValue, Sendable {
  @OrDefault package var currentBytes: Int64
  @OrDefault package var totalBytes: Int64

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case currentBytes = "current"
    case totalBytes = "total"
  }
}

/// The result of a push, or the image that a build has come to.
package struct ProgressAuxiliary: WireValue, Sendable {
  /// Of a build only.
  @OrDefault package var imageID: String
  @OrDefault package var tag: String
  @OrDefault package var digest: String
  @OrDefault package var sizeBytes: Int64

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case imageID = "ID"
    case tag = "Tag"
    case digest = "Digest"
    case sizeBytes = "Size"
  }
}
