import CFuzzer
import Glibc

/// `slipway-fuzz TARGET [libFuzzer's options and folders]`: feeds one part of Slipway what libFuzzer makes. `scripts/fuzz` builds and
/// runs it.
@main
enum SlipwayFuzz {
  static func main() {
    guard CommandLine.arguments.count > 1, let target = FuzzTarget(rawValue: CommandLine.arguments[1]) else {
      print("usage: slipway-fuzz \(FuzzTarget.allCases.map(\.rawValue).joined(separator: "|")) [OPTION...] [FOLDER...]")
      exit(2)
    }
    var count = CommandLine.argc - 1
    // SAFETY: libFuzzer reads its options from the arguments of the process, those after the name of the target; they live as long.
    var options: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe CommandLine.unsafeArgv + 1
    // A C function pointer can capture nothing: one for each target.
    let code =
      switch target {
      case .yaml: unsafe LLVMFuzzerRunDriver(&count, &options) { unsafe run(.yaml, $0, $1) }
      case .edit: unsafe LLVMFuzzerRunDriver(&count, &options) { unsafe run(.edit, $0, $1) }
      case .interpolation: unsafe LLVMFuzzerRunDriver(&count, &options) { unsafe run(.interpolation, $0, $1) }
      case .dotenv: unsafe LLVMFuzzerRunDriver(&count, &options) { unsafe run(.dotenv, $0, $1) }
      case .merge: unsafe LLVMFuzzerRunDriver(&count, &options) { unsafe run(.merge, $0, $1) }
      case .image: unsafe LLVMFuzzerRunDriver(&count, &options) { unsafe run(.image, $0, $1) }
      }
    exit(code)
  }
}

private func run(_ target: FuzzTarget, _ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
  target.run(unsafe Array(UnsafeBufferPointer(start: data, count: size)))
  return 0
}
