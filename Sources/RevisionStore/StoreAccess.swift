/// How the parts of one program come to their store.
package enum StoreAccess: Sendable {
  /// Opened anew for each use: what a command does, which must not open one before it needs it.
  case directory(String)
  /// The one that this process owns (decision 15).
  case shared(RevisionStore)

  /// The store for reading; nil when there is none yet.
  package func reading() throws(StoreError) -> RevisionStore? {
    switch self {
    case .directory(let path): try RevisionStore.openForReading(dataDirectory: path)
    case .shared(let store): store
    }
  }

  /// The store for writing, made where there is none.
  package func writing() throws(StoreError) -> RevisionStore {
    switch self {
    case .directory(let path): try RevisionStore.open(dataDirectory: path)
    case .shared(let store): store
    }
  }
}
