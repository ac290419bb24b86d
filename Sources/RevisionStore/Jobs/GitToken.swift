/// What a private repository over https asks for; it is handed to the host that it was given for, and to no other.
package struct GitToken: Sendable {
  /// As `HOST:PORT`.
  package var host: String
  /// Hosts of repositories take any name, or one of their own choice, such as `oauth2`.
  package var user: String
  package var token: Secret<String>

  package init(host: String, user: String, token: Secret<String>) {
    self.host = host
    self.user = user
    self.token = token
  }

  /// What may be told of it.
  package struct Facts: Hashable, Sendable {
    package var host: String
    package var user: String
    package var updatedAt: Timestamp
  }
}
