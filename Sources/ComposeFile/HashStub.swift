extension Service {
  package func configHash(replacing: [String: ComposeValue]) -> String { configHash }
}
