import ComposeFile
import Orchestration

#if canImport(Glibc)
  import Glibc
#endif

// ConfigCorpus LIST: loads every case of LIST (JSON: cwd, env and the options of `slipway config`) in this one process and prints
// its model as JSON into memory; tells the milliseconds that all took, the lowest of five rounds. Part of Benchmarks/run.

struct BadList: Error {}

func requests(in list: ComposeValue) throws -> [LoadRequest] {
  guard let cases = list.list else { throw BadList() }
  return try cases.map { entry in
    guard let folder = entry["cwd"]?.string else { throw BadList() }
    func texts(_ key: String) -> [String] { entry[key]?.list?.compactMap(\.string) ?? [] }
    var environment: [String: String] = [:]
    for (key, value) in entry["env"]?.map?.pairs ?? [] { environment[key] = value.string }
    var request = LoadRequest(environment: environment, currentDirectory: folder)
    request.files = texts("files")
    request.projectName = entry["project_name"]?.string
    request.projectDirectory = entry["project_directory"]?.string
    request.profiles = texts("profiles")
    request.envFiles = texts("env_files")
    request.services = texts("services")
    request.keepsUnusedResources = entry["all_resources"]?.bool ?? false
    return request
  }
}

guard CommandLine.arguments.count == 2 else {
  print("usage: ConfigCorpus LIST")
  exit(2)
}
let source = DiskFiles()
let bytes = try source.read(CommandLine.arguments[1], limit: 16 << 20)
let all = try requests(in: ComposeValue(json: bytes))
var best = Duration.seconds(3600)
var written = 0
for _ in 0..<5 {
  let start = ContinuousClock.now
  for request in all {
    written += try ComposeLoader.load(request, from: source).project.canonical.json(indented: true).utf8.count
  }
  best = min(best, .now - start)
}
let milliseconds = Double(best.components.seconds) * 1e3 + Double(best.components.attoseconds) / 1e15
print("\(milliseconds) \(all.count) \(written / 5)")
