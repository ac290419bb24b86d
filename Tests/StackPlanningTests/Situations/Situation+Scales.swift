import StackPlanning

extension Situation {
  static let scales: [Situation] = [
    Situation(
      "scale up",
      before: """
        services:
          web: {image: "web:1"}
        """,
      after: """
        services:
          web: {image: "web:1", scale: 3}
        """,
      plan: """
        shop: 4 steps
        prepare:
          1  create  container shop-web-2  scale 1 to 3
          2  create  container shop-web-3  scale 1 to 3
        apply:
          3  start   container shop-web-2  scale 1 to 3
          4  start   container shop-web-3  scale 1 to 3
        """),
    Situation(
      "scale down takes the highest numbers",
      before: """
        services:
          web: {image: "web:1", scale: 3}
        """,
      after: """
        services:
          web: {image: "web:1"}
        """,
      plan: """
        shop: 4 steps
        apply:
          1  stop    container shop-web-2  scale 3 to 1
          2  stop    container shop-web-3  scale 3 to 1
        commit:
          3  remove  container shop-web-2  scale 3 to 1
          4  remove  container shop-web-3  scale 3 to 1
        """),
    Situation(
      "scale down takes the changed ones first",
      before: """
        services:
          web: {image: "web:1", scale: 2}
        """,
      after: """
        services:
          web: {image: "web:1"}
        """,
      drift: { $0.containers[0].configHash = "other" },
      plan: """
        shop: 2 steps
        apply:
          1  stop    container shop-web-1  scale 2 to 1
        commit:
          2  remove  container shop-web-1  scale 2 to 1
        """),
    Situation(
      "scale to nothing",
      before: """
        services:
          web: {image: "web:1"}
          db: {image: "db:1"}
        """,
      after: """
        services:
          web: {image: "web:1", scale: 0}
          db: {image: "db:1"}
        """,
      plan: """
        shop: 2 steps
        apply:
          1  stop    container shop-web-1  scale 1 to 0
        commit:
          2  remove  container shop-web-1  scale 1 to 0
        """),
    Situation(
      "scale up and another image at once",
      before: """
        services:
          web: {image: "web:1"}
        """,
      after: """
        services:
          web: {image: "web:2", scale: 2}
        """,
      plan: """
        shop: 8 steps; downtime: web
        prepare:
          1  create  container shop-web-1 as 000000000002_shop-web-1           image: web:1 -> web:2
          2  create  container shop-web-2                                      scale 1 to 2
        apply:
          3  stop    container shop-web-1                                      image: web:1 -> web:2 [downtime]
          4  rename  container shop-web-1 to shop-web-1-replaced-000000000002  kept until the new one is proved (after 3)
          5  rename  new container to shop-web-1                               takes the name (after 4)
          6  start   container shop-web-1                                      image: web:1 -> web:2 (after 5)
          7  start   container shop-web-2                                      scale 1 to 2
        commit:
          8  remove  container shop-web-1                                      replaced
        """),
    Situation(
      "the option outdoes the file",
      before: """
        services:
          web: {image: "web:1"}
        """,
      after: """
        services:
          web: {image: "web:1"}
        """,
      options: { $0.scale = ["web": 2] },
      plan: """
        shop: 2 steps
        prepare:
          1  create  container shop-web-2  scale 1 to 2
        apply:
          2  start   container shop-web-2  scale 1 to 2
        """),
    Situation(
      "numbers go on after the highest",
      before: """
        services:
          web: {image: "web:1", scale: 2}
        """,
      after: """
        services:
          web: {image: "web:1", scale: 2}
        """,
      drift: { $0.containers.removeFirst() },
      plan: """
        shop: 2 steps
        prepare:
          1  create  container shop-web-3  scale 1 to 2
        apply:
          2  start   container shop-web-3  scale 1 to 2
        """),
    Situation(
      "a container name of its own",
      before: """
        services:
          web: {image: "web:1", container_name: site}
        """,
      after: """
        services:
          web: {image: "web:2", container_name: site}
        """,
      plan: """
        shop: 6 steps; downtime: web
        prepare:
          1  create  container site as 000000000002_site           image: web:1 -> web:2
        apply:
          2  stop    container site                                image: web:1 -> web:2 [downtime]
          3  rename  container site to site-replaced-000000000002  kept until the new one is proved (after 2)
          4  rename  new container to site                         takes the name (after 3)
          5  start   container site                                image: web:1 -> web:2 (after 4)
        commit:
          6  remove  container site                                replaced
        """),
    Situation(
      "another container name",
      before: """
        services:
          web: {image: "web:1", container_name: site}
        """,
      after: """
        services:
          web: {image: "web:1", container_name: page}
        """,
      plan: """
        shop: 6 steps; downtime: web
        prepare:
          1  create  container page as 000000000002_page           container_name: site -> page
        apply:
          2  stop    container site                                container_name: site -> page [downtime]
          3  rename  container site to site-replaced-000000000002  kept until the new one is proved (after 2)
          4  rename  new container to page                         takes the name (after 3)
          5  start   container page                                container_name: site -> page (after 4)
        commit:
          6  remove  container site                                replaced
        """),
    Situation(
      "a container name goes from an orphan to a service",
      before: """
        services:
          web: {image: "web:1", container_name: site}
        """,
      after: """
        services:
          page: {image: "web:1", container_name: site}
        """,
      options: { $0.removesOrphans = true },
      plan: """
        shop: 6 steps
        prepare:
          1  create  container site as 000000000002_site           not running
        apply:
          2  stop    container site                                orphan: service web is not in the files
          3  rename  container site to site-replaced-000000000002  kept until the new one is proved
          4  rename  new container to site                         takes the name (after 3)
          5  start   container site                                not running (after 4)
        commit:
          6  remove  container site                                orphan: service web is not in the files
        """),
    Situation(
      "two services swap their container names",
      before: """
        services:
          a: {image: "web:1", container_name: xx}
          b: {image: "web:1", container_name: yy}
        """,
      after: """
        services:
          a: {image: "web:1", container_name: yy}
          b: {image: "web:1", container_name: xx}
        """,
      plan: """
        shop: 12 steps; downtime: a, b
        prepare:
           1  create  container yy as 000000000002_yy           container_name: xx -> yy
           2  create  container xx as 000000000003_xx           container_name: yy -> xx
        apply:
           3  stop    container xx                              container_name: xx -> yy [downtime]
           4  rename  container xx to xx-replaced-000000000002  kept until the new one is proved (after 3)
           5  rename  container yy to yy-replaced-000000000003  kept until the new one is proved
           6  rename  new container to yy                       takes the name (after 4-5)
           7  start   container yy                              container_name: xx -> yy (after 6)
           8  stop    container yy                              container_name: yy -> xx [downtime]
           9  rename  new container to xx                       takes the name (after 4-5, 8)
          10  start   container xx                              container_name: yy -> xx (after 9)
        commit:
          11  remove  container xx                              replaced
          12  remove  container yy                              replaced
        """),
  ]
}
