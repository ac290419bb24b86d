import Testing

@testable import SlipwayServer

struct StaticPagesTests {
  /// RFC 9110, section 12.5.3.
  @Test(arguments: [
    ("gzip", true), ("br, gzip", true), ("GZIP;q=0.5", true), ("gzip ; q=1.0, br", true), ("", false), ("br", false),
    ("gzip;q=0", false), ("gzip; q=0.000", false), ("x-gzipped", false),
  ])
  func `Files come packed to who takes them so`(field: String, packs: Bool) { #expect(StaticPages.takesGzip(field) == packs) }
}
