import Foundation
import Testing

/// Resident memory of this process.
func residentBytes() throws -> Int {
  let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
  let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
  return (Int(line.split(separator: " ").dropFirst().first ?? "") ?? 0) * 1024
}
