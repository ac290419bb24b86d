import Accounts
import ComposeFile
import HTTPTypes
import RevisionStore
import SlipwayAPI

/// New keys for the secrets of the store (S-SEC-2).
extension ServerParts {
  var secretKeyRoutes: [Route] {
    [
      Route(
        method: .post, path: "/api/v1/admin/secrets/rotate", access: .host, tag: "system",
        summary: "Make new keys for the secrets",
        details: """
          Only by the unix socket of the data directory. A new master key wraps all data keys; with `values`, every value is sealed \
          with a new data key too.
          """,
        body: .optionalJSON(.object([.optional("values", .nullable(.boolean))])),
        answers: [.json(RotatedKeysBody.schema, "It is done.")],
        refusals: [.conflict: "It is going on already, or there is no key yet."], handle: rotateKeys)
    ]
  }

  @Sendable private func rotateKeys(_ call: APICall) async throws -> APIAnswer {
    let caller = try call.caller()
    let hasValues = call.json["values"]?.bool ?? false
    var rotated = try await store.rotateMasterKey(caller.entry("secrets.rotate", target: "master.key"))
    if hasValues {
      let values = try await store.resealValues(caller.entry("secrets.rotate", target: "values"))
      (rotated.values, rotated.damaged) = (values.values, values.damaged)
    }
    return try .json(RotatedKeysBody(dataKeys: rotated.dataKeys, values: rotated.values, damaged: rotated.damaged))
  }
}
