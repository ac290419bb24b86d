import Accounts
import ComposeFile
import HTTPTypes
import RevisionStore
import SlipwayAPI

/// Settings of the server that are kept in its store.
extension ServerParts {
  var settingRoutes: [Route] {
    let answer = Schema.object([.required("items", .array(of: SettingBody.schema))])
    return [
      Route(
        method: .get, path: "/api/v1/settings", access: .may(.settingsRead, .all), tag: "system", summary: "All settings",
        answers: [.json(answer, "With the default of each, and where the value comes from.")],
        handle: { _ in try await settings() }),
      Route(
        method: .patch, path: "/api/v1/settings", access: .may(.settingsWrite, .all), tag: "system", summary: "Change settings",
        details: "All or none.", body: .json(SettingsBody.schema), answers: [.json(answer, "All settings.")],
        handle: changeSettings),
    ]
  }

  private func settings() async throws -> APIAnswer {
    try .json([
      "items": try await ServerSettings(store).all().map { setting, stored in
        SettingBody(
          key: setting.rawValue, about: setting.about, value: RawJSON(stored ?? setting.standard),
          defaultValue: RawJSON(setting.standard), source: stored == nil ? "default" : "stored")
      }
    ])
  }

  @Sendable private func changeSettings(_ call: APICall) async throws -> APIAnswer {
    var values: [String: String?] = [:]
    var faults: [ProblemBody.Fault] = []
    for (key, value) in call.json["values"]?.map?.pairs.map({ ($0.key, $0.value) }) ?? [] {
      guard let setting = KnownSetting(rawValue: key) else {
        let known = KnownSetting.allCases.map(\.rawValue).joined(separator: ", ")
        faults.append(
          ProblemBody.Fault(place: "/values/\(key.prefix(100))", message: "is no setting", remedy: "use one of \(known)"))
        continue
      }
      if case .null = value {
        values[key] = .some(nil)
        continue
      }
      faults += setting.schema.faults(in: value).map {
        ProblemBody.Fault(place: "/values/\(key)\($0.pointer)", message: $0.message)
      }
      values[key] = value.json(indented: false)
    }
    guard faults.isEmpty else {
      throw Problem(.unprocessable, "invalid_settings", "nothing was changed", faults: faults)
    }
    // A token that was made for other settings changes no rules.
    if values.keys.contains(where: { $0.hasPrefix("policy.") }) { try await accounts.require(call.caller(), .policyWrite) }
    if !values.isEmpty { try await accounts.putSettings(values, by: try call.caller()) }
    return try await settings()
  }
}
