extension Situation {
  static let all = basics + changes + scales + networks + volumes + dependencies + states + choices + hooks + images
}
