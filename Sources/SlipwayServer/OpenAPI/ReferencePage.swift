import ComposeFile

/// The description of the API as a page for people; no script, no style of its own.
enum ReferencePage {
  static func html(_ document: [UInt8]) -> [UInt8] {
    guard let root = try? ComposeValue(json: document), let paths = root["paths"]?.map else { return [] }
    var body = ""
    for (path, methods) in paths.pairs {
      for (method, call) in methods.map?.pairs ?? [] {
        body += "<section>\n<h2><code>\(method.uppercased()) \(escaped(path))</code></h2>\n"
        body += "<p>\(escaped(call["summary"]?.string ?? ""))"
        if let details = call["description"]?.string { body += "<br>\(escaped(details))" }
        body += "</p>\n"
        body += list("Parameters", call["parameters"]?.list?.compactMap(parameter) ?? [])
        if let schema = call["requestBody"]?["content"]?.map?.pairs.first?.value["schema"] {
          body += "<h3>Body</h3>\n<pre>\(escaped(schema.json(indented: true)))</pre>\n"
        }
        body += list("Answers", call["responses"]?.map?.pairs.map(answer) ?? [])
        body += "</section>\n"
      }
    }
    var schemas = ""
    for (name, schema) in root["components"]?["schemas"]?.map?.pairs ?? [] {
      schemas += "<h3 id=\"\(escaped(name))\">\(escaped(name))</h3>\n<pre>\(escaped(schema.json(indented: true)))</pre>\n"
    }
    let page = """
      <!doctype html>
      <html lang="en">
      <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Slipway API</title></head>
      <body>
      <main>
      <h1>Slipway API</h1>
      <p>The same for programs: <a href="/api/v1/openapi.json">openapi.json</a>.</p>
      \(body)
      <h2>Schemas</h2>
      \(schemas)
      </main>
      </body>
      </html>

      """
    return Array(page.utf8)
  }

  private static func parameter(_ value: ComposeValue) -> String? {
    guard let name = value["name"]?.string else { return nil }
    let about = value["description"]?.string.map { ": \(escaped($0))" } ?? ""
    return
      "<code>\(escaped(name))</code> (\(escaped(value["in"]?.string ?? ""))\(value["required"]?.bool == true ? ", needed" : ""))\(about)"
  }

  private static func answer(_ pair: (key: String, value: ComposeValue)) -> String {
    "<code>\(escaped(pair.key))</code> \(escaped(pair.value["description"]?.string ?? ""))"
  }

  private static func list(_ title: String, _ items: [String]) -> String {
    items.isEmpty ? "" : "<h3>\(title)</h3>\n<ul>\n" + items.map { "<li>\($0)</li>\n" }.joined() + "</ul>\n"
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
  }
}
