import Accounts
import ComposeFile
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayAPI
import Testing

@testable import SlipwayServer

@Suite(.timeLimit(.minutes(1))) struct PagingTests {
  private struct Name: WireType {
    var name: String
    static let schema = Schema.named("Name") { .object([.required("name", .text)]) }
  }

  @Test(arguments: [1, 2, 3, 7])
  func `Every item is on one page, also where the list comes in another order`(limit: Int) {
    let names = ["web", "bad", "web2", "web-a", "web_b", "Web", "web1"].map { "\($0) local" }
    var (seen, cursor): ([String], String?) = ([], nil)
    repeat {
      let page = Paging(limit: limit, cursor: cursor).page(names, key: \.self) { Name(name: $0) }
      seen += page.items.map(\.name)
      #expect(page.items.count <= limit && page.total == names.count)
      cursor = page.next
    } while cursor != nil && seen.count < 20
    #expect(seen == names.sorted())
  }

  private func make(_ stack: StackName, _ parts: ServerParts) async throws {
    let path = try #require(FolderPath("compose.yaml"))
    try await parts.folders.create(stack, [StackFolders.NewFile(path, Array("services: {web: {image: a}}\n".utf8))])
  }

  /// All names of the list of stacks, taken in pages.
  private func names(_ parts: ServerParts, pagesOf limit: Int) async throws -> [String] {
    let route = try #require(parts.stackRoutes.first { $0.method == .get && $0.path == "/api/v1/stacks" })
    var (names, cursor) = ([String](), String?.none)
    repeat {
      var query = ["limit": ["\(limit)"]]
      if let cursor { query["cursor"] = [cursor] }
      let answer = try await route.handle(
        APICall(
          id: "1", route: route, principal: somebody(Grant(.admin, on: .global)),
          origin: RequestOrigin(userAgent: "", isSecure: true),
          headers: [:], path: [:], query: query, json: .null, bytes: [], stream: nil, stack: nil, object: nil))
      guard case .bytes(let bytes, _) = answer.content else { return names }
      let page = try ComposeValue(json: bytes)
      names += (page["items"]?.list ?? []).compactMap { $0["name"]?.string }
      cursor = page["next"]?.string
    } while cursor != nil && names.count < 100
    return names
  }

  @Test(arguments: [1, 2, 3, 100])
  func `No stack is left out where a name is the begin of others`(limit: Int) async throws {
    let all = ["a", "a-b", "a1", "a10", "a2", "a_b", "b"]
    try await ServedParts.with { parts, _ in
      for name in all {
        try await make(try #require(StackName(name)), parts)
      }
      #expect(try await names(parts, pagesOf: limit) == all)
    }
  }

  @Test func `A list that was kept is made anew when a folder comes or goes`() async throws {
    try await ServedParts.with { parts, _ in
      let stack = try #require(StackName("web"))
      #expect(try await names(parts, pagesOf: 10).isEmpty)
      try await make(stack, parts)
      parts.catalog.refresh()
      #expect(try await names(parts, pagesOf: 10) == ["web"])
      try await parts.folders.remove(stack)
      parts.catalog.refresh()
      #expect(try await names(parts, pagesOf: 10).isEmpty)
    }
  }
}
