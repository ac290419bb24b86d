// An engine's numbers are anybody's: what is reckoned with them stays at the end of the range and never traps (S-SSH-4).

extension Sequence where Element: FixedWidthInteger {
  /// The sum, or the end of the range that it would pass.
  package func clampedSum() -> Element { reduce(0) { $0.clampedAdding($1) } }
}

extension FixedWidthInteger {
  package func clampedAdding(_ other: Self) -> Self {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? (other < 0 ? .min : .max) : sum
  }
}
