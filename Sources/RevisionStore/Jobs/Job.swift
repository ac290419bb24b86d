/// Long work that somebody asked the server for. It outlives the process; what it does to a stack is an `Operation` of its own.
package struct Job: Hashable, Sendable {
  package var id: String
  /// As in `deploy`, `image.pull`.
  package var kind: String
  package var server: String?
  package var stack: String?
  package var state: OperationState
  package var requestedBy: String
  package var way: Way
  package var title: String
  package var createdAt: Timestamp
  package var startedAt: Timestamp?
  package var endedAt: Timestamp?
  /// The operation of the store that does it, once there is one.
  package var operation: Int64?
  /// The number of the revision it made.
  package var revision: Int?
  /// A JSON text of at most 64 KiB.
  package var result: String?
  /// A JSON text of at most 64 KiB.
  package var error: String?
  package var eventCount: Int
  /// Events that were not kept because of the limit.
  package var droppedEvents: Int
}

/// A job to be made; it begins as `queued`.
package struct NewJob: Sendable {
  /// 8 to 64 characters, made by the caller.
  package var id: String
  package var kind: String
  package var server: String?
  package var stack: String?
  package var requestedBy: String
  package var way: Way
  package var title: String

  package init(
    id: String, kind: String, server: String? = nil, stack: String? = nil, requestedBy: String, way: Way, title: String
  ) {
    self.id = id
    self.kind = kind
    self.server = server
    self.stack = stack
    self.requestedBy = requestedBy
    self.way = way
    self.title = title
  }
}

/// What to change of a job; nil leaves it.
package struct JobChange: Sendable {
  /// An end state ends the job; a state other than `queued` starts it.
  package var state: OperationState?
  package var operation: Int64?
  package var revision: Int?
  package var result: String?
  package var error: String?

  package init(
    state: OperationState? = nil, operation: Int64? = nil, revision: Int? = nil, result: String? = nil, error: String? = nil
  ) {
    self.state = state
    self.operation = operation
    self.revision = revision
    self.result = result
    self.error = error
  }
}

/// Which jobs to list; each condition that is given must hold.
package struct JobFilter: Hashable, Sendable {
  package var server: String?
  package var stack: String?
  package var state: OperationState?
  package var kind: String?

  package init(server: String? = nil, stack: String? = nil, state: OperationState? = nil, kind: String? = nil) {
    self.server = server
    self.stack = stack
    self.state = state
    self.kind = kind
  }
}

/// Something that happened in a job.
package struct NewJobEvent: Hashable, Sendable {
  package var at: Timestamp
  package var kind: String
  /// A JSON text of at most 64 KiB; no secret values.
  package var json: String

  package init(at: Timestamp, kind: String, json: String) {
    self.at = at
    self.kind = kind
    self.json = json
  }
}

/// A stored event of a job.
package struct JobEvent: Hashable, Sendable {
  /// Its place in the job, from 1, without gaps.
  package var seq: Int
  package var at: Timestamp
  package var kind: String
  package var json: String
}
