import ComposeFile

/// Where a copy goes, by the rules of `docker cp` (its reference page).
struct CopyTarget: Hashable, Sendable {
  enum Kind: Sendable {
    case folder
    case file
    case absent
  }

  /// The folder that the copy is made in.
  var folder: String
  /// What the source is called there; nil: what is in it comes into the folder.
  var name: String?

  /// - Parameters:
  ///   - source: absolute; as given otherwise: a `/.` at its end means what is in the folder.
  ///   - destination: absolute; as given otherwise: a `/` at its end means a folder.
  init(of source: String, isFolder: Bool, to destination: String, _ kind: Kind) throws(CopyProblem) {
    guard isFolder || !Self.namesFolder(source) else { throw CopyProblem("\(source) is not a folder") }
    let isContent = isFolder && Self.namesContent(source)
    switch kind {
    case .folder:
      let base = PathText.lastComponent(of: PathText.cleaned(source))
      self.init(folder: PathText.cleaned(destination), name: isContent || base.isEmpty ? nil : base)
    case .file:
      guard !isFolder else { throw CopyProblem("\(source) is a folder, and \(destination) is none\n  fix: name a folder") }
      guard !Self.namesFolder(destination) else { throw CopyProblem("\(destination) is not a folder") }
      self.init(named: destination)
    case .absent:
      guard isFolder || !Self.namesFolder(destination) else {
        throw CopyProblem("the folder \(destination) does not exist\n  fix: make it, or leave out the slash at the end")
      }
      self.init(named: destination)
    }
  }

  init(folder: String, name: String?) {
    self.folder = folder
    self.name = name
  }

  private init(named path: String) {
    let cleaned = PathText.cleaned(path)
    self.init(folder: PathText.directory(of: cleaned), name: PathText.lastComponent(of: cleaned))
  }

  /// Whether a path says by its end that it is a folder.
  static func namesFolder(_ path: String) -> Bool { path.hasSuffix("/") || namesContent(path) }

  private static func namesContent(_ path: String) -> Bool { path == "." || path.hasSuffix("/.") }

  /// An absolute path without `.` and `..`, that ends as the given one does where the end means something.
  static func absolute(_ path: String, from directory: String) -> String {
    let whole = PathText.joined(directory, path)
    if namesContent(path) { return whole == "/" ? "/." : whole + "/." }
    return path.hasSuffix("/") && whole != "/" ? whole + "/" : whole
  }
}
