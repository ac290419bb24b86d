import ComposeFile
import RevisionStore
import SlipwayAPI
import StackPlanning

/// A setting that is kept in the store. There are no others: what a client sends beside them is refused.
enum KnownSetting: String, CaseIterable, Sendable {
  case title = "system.title"
  case keptRevisions = "images.keep_revisions"
  case policyLevel = "policy.level"
  case policyRoots = "policy.roots"
  case policyRegistries = "policy.registries"
  case auditDays = "audit.keep_days"

  var about: String {
    switch self {
    case .title: "what this installation is called"
    case .keptRevisions: "newest revisions of each stack whose images no prune removes"
    case .policyLevel: "how strict the compose policy is"
    case .policyRoots: "folders of the host that every stack may mount, absolute"
    case .policyRegistries: "registries that images may come from, by host; none: any"
    case .auditDays: "days after which entries of the audit log are given up, up to a signed head"
    }
  }

  var standard: ComposeValue {
    switch self {
    case .title: .string("Slipway")
    case .keptRevisions: .int(10)
    case .policyLevel: .string(PolicyLevel.standard.rawValue)
    case .policyRoots, .policyRegistries: .list([])
    case .auditDays: .int(3650)
    }
  }

  var schema: Schema {
    switch self {
    case .title: .text(limit: 100, minimum: 1)
    case .keptRevisions: .integer(minimum: 1, maximum: 1000)
    case .policyLevel: .words(PolicyLevel.allCases.map(\.rawValue))
    case .policyRoots:
      .array(
        .text("^/.+$", limit: 4096) { $0 != "/" && PathText.isAbsolute($0) && PathText.cleaned($0) == $0 },
        limit: 100)
    case .policyRegistries: .array(.text(limit: 255, minimum: 1), limit: 100)
    case .auditDays: .integer(minimum: 30, maximum: 36_500)
    }
  }
}

/// The settings of the store, with what counts where nothing is stored.
struct ServerSettings: Sendable {
  private let store: RevisionStore

  init(_ store: RevisionStore) { self.store = store }

  /// All of them in their order, with the stored value where there is one.
  func all() async throws(StoreError) -> [(setting: KnownSetting, stored: ComposeValue?)] {
    let stored = try await store.settings()
    return KnownSetting.allCases.map { ($0, Self.usable(stored[$0.rawValue], $0)) }
  }

  func value(_ setting: KnownSetting) async throws(StoreError) -> ComposeValue {
    Self.usable(try await store.setting(setting.rawValue), setting) ?? setting.standard
  }

  func title() async throws(StoreError) -> String { try await value(.title).string ?? "Slipway" }

  func keptRevisions() async throws(StoreError) -> Int {
    guard case .int(let number) = try await value(.keptRevisions) else { return 10 }
    return number
  }

  func auditDays() async throws(StoreError) -> Int {
    guard case .int(let number) = try await value(.auditDays) else { return 3650 }
    return number
  }

  /// A value of an older or newer version that does not fit counts as none.
  private static func usable(_ text: String?, _ setting: KnownSetting) -> ComposeValue? {
    guard let text, let value = try? ComposeValue(json: Array(text.utf8)), setting.schema.faults(in: value).isEmpty else {
      return nil
    }
    return value
  }
}
