import ImageVersioning

/// Names of images as commands take them.
package enum ImageName {
  /// The name, when it is one by the strict grammar (S-IN-6).
  package static func checked(_ text: String) throws(ServiceRefusal) -> String {
    do {
      _ = try ImageReference(parsing: text)
    } catch {
      throw ServiceRefusal(description: "\"\(text)\" is not the name of an image: \(error.description)")
    }
    return text
  }
}
