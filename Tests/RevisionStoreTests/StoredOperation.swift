import RevisionStore

/// Foundation has an `Operation` too: this file does not import it.
typealias StoredOperation = Operation
