import HTTPTypes
import SlipwayAPI

/// The headers of every answer (S-WEB-4).
struct SecurityHeaders: Sendable {
  let forAPI: HTTPFields
  let forPages: HTTPFields

  /// - Parameter isEncrypted: whether clients come by TLS only.
  init(isEncrypted: Bool) {
    var fields: HTTPFields = [
      .contentSecurityPolicy: Self.policy,
      .xContentTypeOptions: "nosniff",
    ]
    fields[Self.name("Referrer-Policy")] = "no-referrer"
    fields[Self.name("Cross-Origin-Opener-Policy")] = "same-origin"
    fields[Self.name("Cross-Origin-Resource-Policy")] = "same-origin"
    fields[Self.name("Permissions-Policy")] = Self.nothingPermitted
    if isEncrypted { fields[.strictTransportSecurity] = "max-age=31536000" }
    forPages = fields
    fields[.cacheControl] = "no-store"
    forAPI = fields
  }

  /// Trusted types (decision 13) keep text from becoming markup also where a library would make it so.
  private static let policy = [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
    "trusted-types default", "worker-src 'self'", "manifest-src 'self'",
  ].joined(separator: "; ")

  private static let nothingPermitted = [
    "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone", "midi", "payment",
    "usb", "serial", "screen-wake-lock",
  ].map { "\($0)=()" }.joined(separator: ", ")

  private static func name(_ text: String) -> HTTPField.Name { .named(text) }
}

extension HTTPField.Name {
  static let secFetchSite = named("Sec-Fetch-Site")
  static let idempotencyKey = named("Idempotency-Key")
  static let requestID = named("X-Request-Id")
  static let forwardedFor = named("X-Forwarded-For")
  static let forwardedProto = named("X-Forwarded-Proto")

  static func named(_ text: String) -> HTTPField.Name {
    guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is a header's name") }
    return name
  }
}

extension HTTPFields {
  /// With the fields of `others`, which count where both have one.
  func merging(_ others: HTTPFields) -> HTTPFields {
    var all = self
    for field in others { all[field.name] = nil }
    for field in others { all.append(field) }
    return all
  }
}

/// Names calls in answers and in the log.
enum CallID {
  static func next() -> String {
    let digits = String(UInt64.random(in: .min ... .max), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
