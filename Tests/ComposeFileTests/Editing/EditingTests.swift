import Testing

@testable import ComposeFile

/// Edits of one file: the new text, byte for byte.
@Suite struct EditingTests {
  private func edited(
    _ text: String, _ edit: ComposeEdit, _ options: EditOptions = EditOptions()
  ) throws -> String {
    var file = try EditableFile(Array(text.utf8), path: "/p/compose.yaml")
    try file.apply(edit, options)
    return String(decoding: file.bytes, as: UTF8.self)
  }

  private func refusal(_ text: String, _ edit: ComposeEdit, _ options: EditOptions = EditOptions()) throws -> String {
    var file = try EditableFile(Array(text.utf8), path: "/p/compose.yaml")
    do throws(ComposeProblems) {
      try file.apply(edit, options)
      return "no refusal: \(String(decoding: file.bytes, as: UTF8.self))"
    } catch {
      #expect(file.bytes == Array(text.utf8))
      return error.problems.map { "\($0.position.line):\($0.position.column) \($0.rule.rawValue) \($0.message)" }.joined()
    }
  }

  private let image = ComposeEdit.setImage(service: "web", "nginx:2")

  @Test(arguments: [
    (
      "services:\n  web:\n    image: nginx:1 # why\n    tty: true\n",
      "services:\n  web:\n    image: nginx:2 # why\n    tty: true\n"
    ),
    ("services: {web: {image: 'nginx:1', tty: true}} # x", "services: {web: {image: 'nginx:2', tty: true}} # x"),
    (
      "\u{FEFF}services:\r\n  web:\r\n    image: \"nginx:1\"\r\n", "\u{FEFF}services:\r\n  web:\r\n    image: \"nginx:2\"\r\n"
    ),
    ("services:\n  web:\n    tty: true # é\n  db: {}\n", "services:\n  web:\n    tty: true # é\n    image: nginx:2\n  db: {}\n"),
    ("services:\n  web:\n    tty: true", "services:\n  web:\n    tty: true\n    image: nginx:2"),
    ("services:\n    web: # nothing\n", "services:\n    web: # nothing\n        image: nginx:2\n"),
    ("services: {web: }\n", "services: {web: {image: nginx:2} }\n"),
    ("services: {web: {command: }}\n", "services: {web: {command: , image: nginx:2 }}\n"),
    ("services: {web}\n", "services: {web: {image: nginx:2}}\n"),
    ("services:\n  web: ~ # nothing\n", "services:\n  web: # nothing\n    image: nginx:2\n"),
    ("services:\n  web:\n    image:\n    tty: true\n", "services:\n  web:\n    image: nginx:2\n    tty: true\n"),
    ("services:\n  web:\n    image: # none\n", "services:\n  web:\n    image: nginx:2 # none\n"),
    (
      "services:\n  web:\n    image: >- # text\n      nginx:1\n\n    tty: true\n",
      "services:\n  web:\n    image: nginx:2 # text\n\n    tty: true\n"
    ),
    ("services:\n  web: {\n    tty: true # t\n  }\n", "services:\n  web: {\n    tty: true, # t\n    image: nginx:2\n  }\n"),
    ("services:\n  web: {\n    tty: true,\n  }\n", "services:\n  web: {\n    tty: true,\n    image: nginx:2,\n  }\n"),
    ("{\"services\": {\"web\": {\"tty\": true}}}", "{\"services\": {\"web\": {\"tty\": true, \"image\": \"nginx:2\"}}}"),
    ("name: a\n---\nservices:\n  web:\n    image: nginx:1\n...\n", "name: a\n---\nservices:\n  web:\n    image: nginx:2\n...\n"),
    (
      "x-i: &i nginx:1\nservices:\n  web: {image: *i}\n  db: {image: *i}\n",
      "x-i: &i nginx:1\nservices:\n  web: {image: nginx:2}\n  db: {image: *i}\n"
    ),
    (
      "x-b: &b {image: nginx:1}\nservices:\n  web:\n    <<: *b\n  db: *b\n",
      "x-b: &b {image: nginx:1}\nservices:\n  web:\n    <<: *b\n    image: nginx:2\n  db: *b\n"
    ),
    (
      "services:\n  db: &db\n    image: x\n  web: *db # same\n",
      "services:\n  db: &db\n    image: x\n  web: # same\n    <<: *db\n    image: nginx:2\n"
    ),
  ])
  func `An image is set where it stands, and nothing else changes`(before: String, after: String) throws {
    #expect(try edited(before, image) == after)
  }

  @Test func `An anchor that others use is not changed unless that is allowed`() throws {
    let text = "services:\n  web:\n    image: &i nginx:1\n  db: {image: *i}\n"
    #expect(
      try refusal(text, image)
        == "3:12 sharedValue services.web.image: the value is shared through an anchor; the edit would also change db")
    var options = EditOptions()
    options.changesShared = true
    #expect(try edited(text, image, options) == "services:\n  web:\n    image: &i nginx:2\n  db: {image: *i}\n")
  }

  @Test func `Variables that decide are named, and replaced only when asked for`() throws {
    let text = "services:\n  web:\n    image: \"nginx:${TAG:-1.25}\"\n"
    let refusal = try refusal(text, image)
    #expect(refusal.contains("3:12 interpolation"))
    #expect(refusal.contains("the variable TAG (default 1.25) decides"))
    var options = EditOptions()
    options.replacesInterpolation = true
    #expect(try edited(text, image, options) == "services:\n  web:\n    image: \"nginx:2\"\n")
    let value = try EditableFile(Array(text.utf8), path: "/c").value(at: ["services", "web", "image"])
    #expect(value?.variables.map(\.name) == ["TAG"])
    #expect(value?.position.line == 3)
  }

  @Test func `A dollar is a dollar unless variables are meant`() throws {
    let text = "services:\n  web: {image: x}\n"
    #expect(try edited(text, .setVariable(service: "web", name: "A", value: "$1${B}")).contains("A: \"$$1$${B}\""))
    var options = EditOptions()
    options.keepsVariables = true
    #expect(try edited(text, .setImage(service: "web", "a:${T}"), options).contains("image: \"a:${T}\""))
  }

  @Test(arguments: [
    ("web:\n    environment:\n      A: old # c\n      B: 'x'\n", "web:\n    environment:\n      A: new # c\n      B: 'x'\n"),
    ("web:\n    environment:\n    - B=1\n    - \"A=old\" # c\n", "web:\n    environment:\n    - B=1\n    - \"A=new\" # c\n"),
    (
      "web:\n    environment:\n      - B=1 # b\n    tty: true\n",
      "web:\n    environment:\n      - B=1 # b\n      - A=new\n    tty: true\n"
    ),
    ("web:\n    environment: [B=1, 'A=x']\n", "web:\n    environment: [B=1, 'A=new']\n"),
    ("web:\n    environment: [B=1]\n", "web:\n    environment: [B=1, A=new]\n"),
    ("web:\n    environment: []\n", "web:\n    environment: [A=new]\n"),
    ("web:\n    environment: {}\n", "web:\n    environment: {A: new}\n"),
    ("web:\n    environment:\n", "web:\n    environment:\n      A: new\n"),
    ("web:\n    tty: true\n", "web:\n    tty: true\n    environment:\n      A: new\n"),
    ("web: {tty: true}\n", "web: {tty: true, environment: {A: new}}\n"),
    ("web:\n    environment:\n      A:\n", "web:\n    environment:\n      A: new\n"),
    (
      "web:\n    environment:\n      A: |\n        l1\n        l2\n      B: 1\n",
      "web:\n    environment:\n      A: new\n      B: 1\n"
    ),
  ])
  func `A variable is set in the form that is there`(before: String, after: String) throws {
    let edit = ComposeEdit.setVariable(service: "web", name: "A", value: "new")
    #expect(try edited("services:\n  " + before, edit) == "services:\n  " + after)
  }

  @Test(arguments: [
    ("5432", "5432"), ("0755", "\"0755\""), ("1.0", "\"1.0\""), ("true", "true"), ("yes", "\"yes\""), ("null", "\"null\""),
    ("", "\"\""), ("a b", "a b"), ("a: b", "\"a: b\""), ("a #b", "\"a #b\""), ("http://x/?a=b", "http://x/?a=b"),
    ("22:22", "\"22:22\""),
    ("-Xmx512m", "-Xmx512m"), ("- a", "\"- a\""), ("*a", "\"*a\""), ("é", "é"), ("a\nb", "\"a\\nb\""), (" a", "\" a\""),
    ("1e3", "\"1e3\""),
    ("2024-01-01", "\"2024-01-01\""), ("it's", "it's"), ("@x", "\"@x\""), ("\u{1}", "\"\\u0001\""), ("😀", "😀"), ("~", "\"~\""),
  ])
  func `A value is quoted only where it would be read otherwise`(value: String, written: String) throws {
    let text = "services:\n  web:\n    environment:\n      A: old\n"
    let result = try edited(text, .setVariable(service: "web", name: "A", value: value))
    #expect(result == "services:\n  web:\n    environment:\n      A: \(written)\n")
  }

  @Test(arguments: [
    (
      "web:\n    environment:\n      B: 1\n      A: x # c\n    tty: true\n", "web:\n    environment:\n      B: 1\n    tty: true\n"
    ),
    ("web:\n    environment:\n      A: x\n    tty: true\n", "web:\n    tty: true\n"),
    ("web:\n    environment:\n      A: x\n", "web:\n    environment: {}\n"),
    (
      "web:\n    environment:\n      - A=1\n      # about B\n      - B=1\n      - A\n",
      "web:\n    environment:\n      # about B\n      - B=1\n"
    ),
    ("web: {environment: [A=1, B=2]}\n", "web: {environment: [B=2]}\n"),
    ("web: {environment: {B: 2, A: 1}}\n", "web: {environment: {B: 2}}\n"),
    (
      "web:\n    environment: {\n      B: 2, # b\n      A: 1\n    }\n",
      "web:\n    environment: {\n      B: 2 # b\n      \n    }\n"
    ),
    ("web:\n    environment: {\n      A: 1, # a\n      B: 2\n    }\n", "web:\n    environment: {\n      B: 2\n    }\n"),
  ])
  func `A variable is removed with its line, and other comments stay`(before: String, after: String) throws {
    let edit = ComposeEdit.removeVariable(service: "web", name: "A")
    #expect(try edited("services:\n  " + before, edit) == "services:\n  " + after)
  }

  @Test func `A variable that comes by an anchor is set beside it`() throws {
    let text = """
      x-env: &env
        A: 1
      services:
        web:
          environment: *env
        db:
          environment:
            <<: *env
            B: 2

      """
    let web = try edited(text, .setVariable(service: "web", name: "A", value: "new"))
    #expect(web.contains("  web:\n    environment:\n      <<: *env\n      A: new\n  db:"))
    let db = try edited(text, .setVariable(service: "db", name: "A", value: "new"))
    #expect(db.contains("      <<: *env\n      B: 2\n      A: new\n"))
    #expect(
      try refusal(text, .removeVariable(service: "db", name: "A"))
        == "2:6 sharedValue services.db.environment.A: the value is shared through an anchor; the edit would also change web")
    let own = "x-env: &env {A: 1, B: 1}\nservices:\n  web: {environment: *env}\n"
    #expect(
      try edited(own, .setVariable(service: "web", name: "A", value: "new"))
        == "x-env: &env {A: new, B: 1}\nservices:\n  web: {environment: *env}\n")
  }

  @Test func `A variable of a list that others share is changed for all where that is allowed`() throws {
    var options = EditOptions()
    options.changesShared = true
    let text = "services:\n  web: &w\n    image: x\n    environment:\n    - A=1\n    -   B=2   # b\n  db: *w\n"
    #expect(
      try edited(text, .setVariable(service: "web", name: "B", value: "9"), options) == text.replacing("B=2", with: "B=9"))
  }

  @Test func `A section that comes by a merge key is not hidden by a new one`() throws {
    let text = "x-b: &b\n  environment: {A: 1}\nservices:\n  web: {<<: *b}\n  db: {<<: *b}\n"
    #expect(
      try refusal(text, .setVariable(service: "web", name: "B", value: "2"))
        == "2:16 sharedValue services.web.environment.B: the value is shared through an anchor; the edit would also change db")
    let named = "x-b: &b\n  environment: &e {A: 1}\nservices:\n  web: {<<: *b}\n  db: {<<: *b}\n"
    #expect(
      try edited(named, .setVariable(service: "web", name: "B", value: "2"))
        == "x-b: &b\n  environment: &e {A: 1}\nservices:\n  web: {<<: *b, environment: {<<: *e, B: 2}}\n  db: {<<: *b}\n")
  }

  @Test func `A scale is set where it is written`() throws {
    #expect(
      try edited("services: {web: {image: x, deploy: {replicas: 1}}}", .setScale(service: "web", 3))
        == "services: {web: {image: x, deploy: {replicas: 3}}}")
    #expect(
      try edited("services: {web: {image: x, scale: \"1\", deploy: {replicas: 1}}}", .setScale(service: "web", 3))
        == "services: {web: {image: x, scale: \"3\", deploy: {replicas: 3}}}")
    #expect(
      try edited("services:\n  web: {image: x}\n", .setScale(service: "web", 3)) == "services:\n  web: {image: x, scale: 3}\n")
  }

  @Test func `A service is added in the layout of the others`() throws {
    let text = "services:\n    a:\n        image: x\n\n    b:\n        image: y # last\n# end\nvolumes:\n    v:\n"
    let value = ComposeValue.map(
      ComposeMap([
        ("image", .string("z")), ("environment", .map(ComposeMap([("A", .string("1"))]))), ("ports", .list([.string("80:80")])),
      ]))
    #expect(
      try edited(text, .addService(name: "c", value))
        == "services:\n    a:\n        image: x\n\n    b:\n        image: y # last\n\n    c:\n        image: z\n        environment:\n"
        + "            A: \"1\"\n        ports:\n            - \"80:80\"\n# end\nvolumes:\n    v:\n")
    #expect(
      try edited(text, .addServiceText(name: "c", yaml: "  # note\n  image: z # why\n  command: |\n    a\n\n    b\n"))
        == "services:\n    a:\n        image: x\n\n    b:\n        image: y # last\n\n    c:\n        # note\n        image: z # why\n"
        + "        command: |\n          a\n\n          b\n# end\nvolumes:\n    v:\n")
    #expect(try edited("name: n\n", .addServiceText(name: "c", yaml: "{image: z}")) == "name: n\nservices:\n  c:\n    image: z\n")
    #expect(
      try edited("services: {a: {image: x}}\n", .addServiceText(name: "c", yaml: "image: z\n"))
        == "services: {a: {image: x}, c: {image: z}}\n")
    #expect(try refusal(text, .addService(name: "b", value)).hasPrefix("6:9 conflictingValues"))
  }

  @Test func `A service is removed with its lines`() throws {
    let text = "services:\n  a: &a\n    image: x\n  # about b\n  b:\n    image: y # y\n\n  c: {image: z}\n"
    #expect(
      try edited(text, .removeService("b")) == "services:\n  a: &a\n    image: x\n  # about b\n\n  c: {image: z}\n")
    #expect(try edited("services:\n  a: {image: x}\nname: n\n", .removeService("a")) == "services: {}\nname: n\n")
    let used = "services:\n  a: &a {image: x}\n  b: *a\n"
    #expect(
      try refusal(used, .removeService("a"))
        == "2:6 sharedValue services.a: the anchor &a in it is used at /p/compose.yaml:3:6")
  }

  @Test func `Attributes at any path are set and removed`() throws {
    let text = "name: old # n\nservices:\n  web:\n    image: x\n"
    #expect(try edited(text, .set(["name"], .string("new"))).hasPrefix("name: new # n\n"))
    #expect(
      try edited(text, .set(["services", "web", "healthcheck", "retries"], .int(3))).hasSuffix(
        "    image: x\n    healthcheck:\n      retries: 3\n"))
    #expect(
      try edited(text, .set(["services", "web", "command"], .list([.string("a"), .string("b c")]))).hasSuffix(
        "    command:\n      - a\n      - b c\n"))
    #expect(try edited(text, .remove(["name"])) == "services:\n  web:\n    image: x\n")
    #expect(try refusal(text, .set(["services", "web"], .string("x"))).contains("wrongType"))
    #expect(try refusal(text, .setImage(service: "wep", "x")).contains("undefinedService"))
    #expect(try refusal(text, .set(["services", "web", "image", "x"], .int(1))).contains("wrongType"))
    #expect(try refusal("services: {web: {image: !reset null}}", image).contains("unsupported"))
    #expect(try refusal(text, .setVariable(service: "web", name: "A=B", value: "")).contains("invalidValue"))
  }

  @Test func `Labels follow the rules of variables`() throws {
    #expect(
      try edited("services:\n  web:\n    labels:\n      - a.b=c\n", .setLabel(service: "web", name: "a.b", value: "d e"))
        == "services:\n  web:\n    labels:\n      - a.b=d e\n")
    #expect(
      try edited("services:\n  web:\n    labels: {a: 1, b: 2}\n", .removeLabel(service: "web", name: "a"))
        == "services:\n  web:\n    labels: {b: 2}\n")
  }

  @Test func `A literal block stays one where the new text has lines`() throws {
    let text = "services:\n  web:\n    environment:\n      A: |- # c\n          l1\n          l2\n\n      B: 1\n"
    #expect(
      try edited(text, .setVariable(service: "web", name: "A", value: "x\n y\n"))
        == "services:\n  web:\n    environment:\n      A: | # c\n          x\n           y\n\n      B: 1\n")
  }

  // Found by fuzzing.
  @Test(arguments: ["", "# nothing yet\n"]) func `A text without a document is not changed`(text: String) throws {
    var file = try EditableFile(Array(text.utf8), path: "/p/compose.yaml")
    #expect(throws: ComposeProblems.self) {
      try file.apply(.addService(name: "web", .map(ComposeMap([("image", .string("x"))]))))
    }
    #expect(file.bytes == Array(text.utf8))
  }

  // Found by fuzzing: with these marks `$` and `'` are other characters to Swift.
  @Test(arguments: ["\u{0301}", "\u{0604}"]) func `Signs beside combining marks are escaped`(mark: String) throws {
    let text = "\(mark)$\(mark)A'\(mark)"
    let escaped = text.escapingVariables
    #expect(Array(escaped.utf8) == Array("\(mark)$$\(mark)A'\(mark)".utf8))
    var trace = Interpolator.Trace()
    let substituted = try Interpolator { _ in nil }.substitute(escaped, &trace)
    #expect(substituted == text)
    var file = try EditableFile(Array("services:\n  web:\n    image: 'a'\n".utf8), path: "/p/compose.yaml")
    try file.apply(.setVariable(service: "web", name: "V", value: text))
    #expect(file.value(at: ["services", "web", "environment", "V"])?.text == escaped)
  }
}
