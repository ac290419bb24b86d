extension Schema {
  /// What clients' projects have brought to the folders of stacks. Shipped: never edit it.
  static let v8 = Migration(version: 8, statements: [v8SentFiles])

  /// `tag` is that of the content as it came: a folder's file that is other has been changed on the server since.
  private static let v8SentFiles = """
    CREATE TABLE sent_file (
      stack TEXT NOT NULL
        CHECK (length(stack) BETWEEN 1 AND 63 AND stack GLOB '[a-z0-9]*' AND stack NOT GLOB '*[^-a-z0-9_]*'),
      path TEXT NOT NULL CHECK (length(path) BETWEEN 1 AND 1024),
      tag TEXT NOT NULL CHECK (length(tag) BETWEEN 1 AND 64),
      PRIMARY KEY (stack, path)
    ) STRICT, WITHOUT ROWID
    """
}
