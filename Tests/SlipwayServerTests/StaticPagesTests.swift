import Testing

@testable import SlipwayServer

struct StaticPagesTests {
  /// RFC 9110, section 12.5.3.
  @Test(arguments: [
    ("gzip", true), ("br, gzip", true), ("GZIP;q=0.5", true), ("gzip ; q=1.0, br", true), ("", false), ("br", false),
    ("gzip;q=0", false), ("gzip; q=0.000", false), ("x-gzipped", false),
  ])
  func `Files come packed to who takes them so`(field: String, packs: Bool) { #expect(StaticPages.takesGzip(field) == packs) }

  @Test(arguments: [
    (["slipway_theme=dark"], "dark"), (["a=b; slipway_theme=light; c=d"], "light"), (["a=b", "slipway_theme=dark"], "dark"),
    (["slipway_theme=\"><script>"], nil), (["slipway_theme=darker"], nil), (["x_slipway_theme=dark"], nil), ([], nil),
  ])
  func `The theme is one of two words, whatever the cookie has`(cookies: [String], theme: String?) {
    #expect(StaticPages.theme(cookies) == theme)
  }
}
