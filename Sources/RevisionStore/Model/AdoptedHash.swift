/// What ran when a stack was taken over, and the model that describes it: objects whose label has `running` are as `model` wants
/// them.
///
/// Needed where the description is not word for word the one that the object was made from, so that their hashes differ.
package struct AdoptedHash: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable {
    case service, network, volume
  }

  package var kind: Kind
  /// The service, or the key of the network or volume in the model.
  package var name: String
  /// Config hash of the model.
  package var model: String
  /// The value of the object's label `com.docker.compose.config-hash`.
  package var running: String

  package init(kind: Kind, name: String, model: String, running: String) {
    self.kind = kind
    self.name = name
    self.model = model
    self.running = running
  }
}
