import Glibc

// `slipway-fuzz TARGET [libFuzzer's options and folders]`: feeds one part of Slipway what libFuzzer makes. `scripts/fuzz` builds and
// runs it. The `main` is libFuzzer's, which the sanitizer links in; it calls the two functions here.

/// Called once, before libFuzzer reads its options: takes the name of the target out of them.
@c(LLVMFuzzerInitialize)
func takeTarget(
  _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> CInt {
  // Read before the arguments move.
  guard FuzzTarget.chosen != nil else {
    print("usage: slipway-fuzz \(FuzzTarget.allCases.map(\.rawValue).joined(separator: "|")) [OPTION...] [FOLDER or FILE...]")
    exit(2)
  }
  // SAFETY: libFuzzer hands over the arguments of the process: `count` of them and a null pointer behind them.
  let list = unsafe UnsafeMutableBufferPointer(start: arguments.pointee, count: Int(count.pointee) + 1)
  for index in 1..<(list.count - 1) { unsafe list[index] = unsafe list[index + 1] }
  unsafe count.pointee -= 1
  return 0
}

@c(LLVMFuzzerTestOneInput)
func runOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  guard let target = FuzzTarget.chosen else { preconditionFailure("libFuzzer has not asked for the target") }
  target.run(unsafe Array(UnsafeBufferPointer(start: data, count: size)))
  return 0
}

extension FuzzTarget {
  /// What the first argument of the process names.
  fileprivate static let chosen = CommandLine.arguments.dropFirst().first.flatMap(FuzzTarget.init)
}
