import StackPlanning

extension Situation {
  static let networks: [Situation] = [
    Situation(
      "another network definition",
      before: """
        services:
          web: {image: "web:1", networks: [front]}
          db: {image: "db:1"}
        networks: {front: }
        """,
      after: """
        services:
          web: {image: "web:1", networks: [front]}
          db: {image: "db:1"}
        networks: {front: {internal: true}}
        """,
      plan: """
        shop: 6 steps; downtime: web
        prepare:
          1  stop        container shop-web-1                  network front changed [downtime]
          2  disconnect  container shop-web-1 from shop_front  network front changed (after 1)
          3  remove      network shop_front                    network front changed (after 2)
          4  create      network shop_front                    network front changed (after 3)
        apply:
          5  connect     container shop-web-1 to shop_front    network front changed
          6  start       container shop-web-1                  its network changed (after 5)
        """),
    Situation(
      "another network definition and another image",
      before: """
        services:
          web: {image: "web:1", networks: [front]}
          db: {image: "db:1"}
        networks: {front: }
        """,
      after: """
        services:
          web: {image: "web:2", networks: [front]}
          db: {image: "db:1"}
        networks: {front: {internal: true}}
        """,
      plan: """
        shop: 10 steps; downtime: web
        prepare:
           1  stop        container shop-web-1                                      network front changed [downtime]
           2  disconnect  container shop-web-1 from shop_front                      network front changed (after 1)
           3  remove      network shop_front                                        network front changed (after 2)
           4  create      network shop_front                                        network front changed (after 3)
           5  create      container shop-web-1 as 000000000004_shop-web-1           image: web:1 -> web:2 (after 4)
        apply:
           6  stop        container shop-web-1                                      image: web:1 -> web:2 [downtime]
           7  rename      container shop-web-1 to shop-web-1-replaced-000000000004  kept until the new one is proved (after 6)
           8  rename      container shop-web-1 to shop-web-1                        takes the name (after 7)
           9  start       container shop-web-1                                      image: web:1 -> web:2 (after 8)
        commit:
          10  remove      container shop-web-1                                      replaced
        """),
    Situation(
      "another network definition while a container is stopped",
      before: """
        services:
          web: {image: "web:1", networks: [front]}
          db: {image: "db:1"}
        networks: {front: }
        """,
      after: """
        services:
          web: {image: "web:1", networks: [front]}
          db: {image: "db:1"}
        networks: {front: {internal: true}}
        """,
      drift: {
        $0.change("web") {
          $0.state = .exited; $0.exitCode = 137
        }
      },
      plan: """
        shop: 5 steps
        prepare:
          1  disconnect  container shop-web-1 from shop_front  network front changed
          2  remove      network shop_front                    network front changed (after 1)
          3  create      network shop_front                    network front changed (after 2)
        apply:
          4  connect     container shop-web-1 to shop_front    network front changed
          5  start       container shop-web-1                  exited with 137 (after 4)
        """),
    Situation(
      "another network name",
      before: """
        services:
          web: {image: "web:1", networks: [front]}
          db: {image: "db:1"}
        networks: {front: }
        """,
      after: """
        services:
          web: {image: "web:1", networks: [front]}
          db: {image: "db:1"}
        networks: {front: {name: frontier}}
        """,
      plan: """
        shop: 8 steps; downtime: web
        prepare:
          1  create  network frontier                                          does not exist
          2  create  container shop-web-1 as 000000000004_shop-web-1           not attached to network frontier (after 1)
        apply:
          3  stop    container shop-web-1                                      not attached to network frontier [downtime]
          4  rename  container shop-web-1 to shop-web-1-replaced-000000000004  kept until the new one is proved (after 3)
          5  rename  container shop-web-1 to shop-web-1                        takes the name (after 4)
          6  start   container shop-web-1                                      not attached to network frontier (after 5)
        commit:
          7  remove  container shop-web-1                                      replaced
          8  remove  network shop_front                                        network front is now frontier (after 7)
        """),
    Situation(
      "one more network",
      before: """
        services:
          web: {image: "web:1", networks: [front]}
          db: {image: "db:1"}
        networks: {front: }
        """,
      after: """
        services:
          web: {image: "web:1", networks: [front, back]}
          db: {image: "db:1"}
        networks: {front: , back: }
        """,
      plan: """
        shop: 7 steps; downtime: web
        prepare:
          1  create  network shop_back                                         does not exist
          2  create  container shop-web-1 as 000000000004_shop-web-1           networks.back: + null (after 1)
        apply:
          3  stop    container shop-web-1                                      networks.back: + null [downtime]
          4  rename  container shop-web-1 to shop-web-1-replaced-000000000004  kept until the new one is proved (after 3)
          5  rename  container shop-web-1 to shop-web-1                        takes the name (after 4)
          6  start   container shop-web-1                                      networks.back: + null (after 5)
        commit:
          7  remove  container shop-web-1                                      replaced
        """),
    Situation(
      "an external network that is there",
      after: """
        services:
          web: {image: "web:1", networks: [proxy]}
        networks: {proxy: {external: true}}
        """,
      drift: { $0.networks["proxy"] = ObservedNetwork(id: "n", name: "proxy") },
      plan: """
        shop: 2 steps
        prepare:
          1  create  container shop-web-1  not running
        apply:
          2  start   container shop-web-1  not running
        """),
    Situation(
      "a network of that name that is not ours",
      after: """
        services:
          web: {image: "web:1", networks: [front]}
        networks: {front: {name: proxy}}
        """,
      drift: { $0.networks["proxy"] = ObservedNetwork(id: "n", name: "proxy") },
      plan: """
        shop: 2 steps
        prepare:
          1  create  container shop-web-1  not running
        apply:
          2  start   container shop-web-1  not running
        warning: network proxy exists and was not made for this project; it is used as it is (set external: true to say so)
        """),
    Situation(
      "a container that was taken off its network",
      before: """
        services:
          web: {image: "web:1", networks: [front]}
          db: {image: "db:1"}
        networks: {front: }
        """,
      after: """
        services:
          web: {image: "web:1", networks: [front]}
          db: {image: "db:1"}
        networks: {front: }
        """,
      drift: { $0.change("web") { $0.networks = [:] } },
      plan: """
        shop: 6 steps; downtime: web
        prepare:
          1  create  container shop-web-1 as 000000000004_shop-web-1           not attached to network shop_front
        apply:
          2  stop    container shop-web-1                                      not attached to network shop_front [downtime]
          3  rename  container shop-web-1 to shop-web-1-replaced-000000000004  kept until the new one is proved (after 2)
          4  rename  container shop-web-1 to shop-web-1                        takes the name (after 3)
          5  start   container shop-web-1                                      not attached to network shop_front (after 4)
        commit:
          6  remove  container shop-web-1                                      replaced
        """),
  ]
}
