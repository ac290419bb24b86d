import HTTPTypes
import Hummingbird
import NIOCore
import Orchestration

/// The web UI's folder; without one, a page that says how to get it.
struct StaticPages: Sendable {
  private static let limitBytes = 8 << 20
  private static let types = [
    "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml", "png": "image/png", "ico": "image/x-icon", "json": "application/json",
    "txt": "text/plain; charset=utf-8",
    "woff2": "font/woff2", "webmanifest": "application/manifest+json",
  ]

  let folder: ConfinedFolder?
  let headers: SecurityHeaders
  let gate: RequestGate

  func respond(to request: Request) -> Response {
    do {
      try gate.requireHost(request.head.authority)
    } catch {
      return Response(status: .forbidden, headers: headers.forPages)
    }
    guard let folder else { return page(Self.missing, "text/html; charset=utf-8", isHashed: false) }
    guard let path = PercentText.decoded(request.uri.path), !path.utf8.contains(where: { $0 < 0x20 }) else {
      return Response(status: .badRequest, headers: headers.forPages)
    }
    let parts = path.split(separator: "/").map(String.init)
    let name = parts.joined(separator: "/")
    let packs = Self.takesGzip(request.headers[.acceptEncoding] ?? "")
    let isHashed = parts.first == "assets"
    let isHidden = parts.contains { $0.hasPrefix(".") }
    if !isHidden, isHashed || Self.types[Self.ending(of: name)] != nil,
      let found = file(name, in: folder, packs: packs, isHashed: isHashed)
    {
      return found
    }
    // The paths of the UI's own pages are its own, also with names that have dots in them: they all are the one page.
    let isPage = !isHashed && !isHidden && !(parts.count == 1 && parts[0].contains("."))
    if isPage, let theme = Self.theme(request.headers[values: .cookie]), let themed = themed(folder, theme) { return themed }
    guard isPage, let found = file("index.html", in: folder, packs: packs, isHashed: false) else {
      return Response(status: .notFound, headers: headers.forPages)
    }
    return found
  }

  /// Nil: there is none, or it is too large.
  private func file(_ name: String, in folder: ConfinedFolder, packs: Bool, isHashed: Bool) -> Response? {
    if packs, let bytes = try? folder.read(folder.root + "/" + name + ".gz", limit: Self.limitBytes) {
      var response = page(bytes, Self.type(of: name), isHashed: isHashed)
      response.headers[.contentEncoding] = "gzip"
      return response
    }
    return (try? folder.read(folder.root + "/" + name, limit: Self.limitBytes)).map {
      page($0, Self.type(of: name), isHashed: isHashed)
    }
  }

  /// The page as somebody has chosen it: dark from its first paint. Nil: it has another form than ours.
  private func themed(_ folder: ConfinedFolder, _ theme: String) -> Response? {
    guard let bytes = try? folder.read(folder.root + "/index.html", limit: Self.limitBytes),
      let text = String(validating: bytes, as: UTF8.self), let start = text.firstRange(of: "<html ")
    else { return nil }
    let page = text[..<start.lowerBound] + "<html data-theme=\"\(theme)\" " + text[start.upperBound...]
    return self.page(Array(page.utf8), "text/html; charset=utf-8", isHashed: false)
  }

  /// `light` or `dark` of the UI's own cookie; nil: the system's.
  static func theme(_ cookies: [String]) -> String? {
    for pair in cookies.flatMap({ $0.split(separator: ";") }) {
      let pair = pair.drop { $0 == " " }
      for theme in ["light", "dark"] where pair == "slipway_theme=\(theme)" { return theme }
    }
    return nil
  }

  /// RFC 9110, section 12.5.3; `*` is not asked for by any browser.
  static func takesGzip(_ field: String) -> Bool {
    field.lowercased().split(separator: ",").contains { coding in
      let words = coding.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
      let quality = words.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
      return words.first == "gzip" && quality > 0
    }
  }

  private func page(_ bytes: [UInt8], _ type: String, isHashed: Bool) -> Response {
    var fields = headers.forPages
    fields[.contentType] = type
    fields[.vary] = isHashed ? "Accept-Encoding" : "Accept-Encoding, Cookie"
    fields[.cacheControl] = isHashed ? "public, max-age=31536000, immutable" : "no-cache"
    return Response(status: .ok, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  private static func type(of name: String) -> String {
    types[ending(of: name)] ?? "application/octet-stream"
  }

  private static func ending(of name: String) -> String {
    name.contains(".") ? name.split(separator: ".").last.map(String.init) ?? "" : ""
  }

  private static let missing = Array(
    """
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <title>Slipway</title>
    <h1>Slipway runs</h1>
    <p>The web UI is not installed here. In a checkout, build it with <code>scripts/install-deps web</code> and
      <code>scripts/web build</code>; elsewhere, put the built folder beside the program as <code>web</code>, or name it with
      <code>--web-root</code>. Then start the server again.</p>
    <p>The API is at <a href="/api/docs">/api/docs</a>.</p>
    </html>

    """.utf8)
}
