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
        shop: 9 steps; downtime: web
        prepare:
          1  stop        container shop-web-1                                      network front changed [downtime]
          2  disconnect  container shop-web-1 from shop_front                      network front changed (after 1)
          3  remove      network shop_front                                        network front changed (after 2)
          4  create      network shop_front                                        network front changed (after 3)
          5  create      container shop-web-1 as 000000000004_shop-web-1           image: web:1 -> web:2 (after 4)
        apply:
          6  rename      container shop-web-1 to shop-web-1-replaced-000000000004  kept until the new one is proved
          7  rename      new container to shop-web-1                               takes the name (after 6)
          8  start       container shop-web-1                                      image: web:1 -> web:2 (after 7)
        commit:
          9  remove      container shop-web-1                                      replaced
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
          5  rename  new container to shop-web-1                               takes the name (after 4)
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
          5  rename  new container to shop-web-1                               takes the name (after 4)
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
          4  rename  new container to shop-web-1                               takes the name (after 3)
          5  start   container shop-web-1                                      not attached to network shop_front (after 4)
        commit:
          6  remove  container shop-web-1                                      replaced
        """),
    Situation(
      "two networks change, a container is on both",
      before: """
        services:
          web: {image: "web:1", networks: [front, back]}
          db: {image: "db:1", networks: [back]}
        networks: {front: , back: }
        """,
      after: """
        services:
          web: {image: "web:1", networks: [front, back]}
          db: {image: "db:1", networks: [back]}
        networks: {front: {internal: true}, back: {internal: true}}
        """,
      plan: """
        shop: 14 steps; downtime: db, web
        prepare:
           1  stop        container shop-db-1                   network back changed [downtime]
           2  disconnect  container shop-db-1 from shop_back    network back changed (after 1)
           3  stop        container shop-web-1                  network back changed [downtime]
           4  disconnect  container shop-web-1 from shop_back   network back changed (after 3)
           5  remove      network shop_back                     network back changed (after 2, 4)
           6  create      network shop_back                     network back changed (after 5)
           7  disconnect  container shop-web-1 from shop_front  network front changed (after 3)
           8  remove      network shop_front                    network front changed (after 7)
           9  create      network shop_front                    network front changed (after 8)
        apply:
          10  connect     container shop-db-1 to shop_back      network back changed
          11  start       container shop-db-1                   its network changed (after 10)
          12  connect     container shop-web-1 to shop_back     network back changed
          13  connect     container shop-web-1 to shop_front    network front changed
          14  start       container shop-web-1                  its network changed (after 12-13)
        """),
    Situation(
      "a network changes without a start (--no-start)",
      before: """
        services:
          web: {image: "web:1", networks: [front, back]}
          db: {image: "db:1", networks: [back]}
        networks: {front: , back: }
        """,
      after: """
        services:
          web: {image: "web:1", networks: [front, back]}
          db: {image: "db:1", networks: [back]}
        networks: {front: {internal: true}, back: }
        """,
      options: { $0.startsContainers = false },
      plan: """
        shop: 5 steps; downtime: web
        prepare:
          1  stop        container shop-web-1                  network front changed [downtime]
          2  disconnect  container shop-web-1 from shop_front  network front changed (after 1)
          3  remove      network shop_front                    network front changed (after 2)
          4  create      network shop_front                    network front changed (after 3)
        apply:
          5  connect     container shop-web-1 to shop_front    network front changed
        """),
    Situation(
      "a network changes for one service alone",
      before: """
        services:
          web: {image: "web:1", networks: [front, back]}
          db: {image: "db:1", networks: [back]}
        networks: {front: , back: }
        """,
      after: """
        services:
          web: {image: "web:1", networks: [front, back]}
          db: {image: "db:1", networks: [back]}
        networks: {front: , back: {internal: true}}
        """,
      options: { $0.services = ["web"] },
      plan: """
        shop: 10 steps; downtime: db, web
        prepare:
           1  stop        container shop-db-1                  network back changed [downtime]
           2  disconnect  container shop-db-1 from shop_back   network back changed (after 1)
           3  stop        container shop-web-1                 network back changed [downtime]
           4  disconnect  container shop-web-1 from shop_back  network back changed (after 3)
           5  remove      network shop_back                    network back changed (after 2, 4)
           6  create      network shop_back                    network back changed (after 5)
        apply:
           7  connect     container shop-web-1 to shop_back    network back changed
           8  start       container shop-web-1                 its network changed (after 7)
           9  connect     container shop-db-1 to shop_back     network back changed
          10  start       container shop-db-1                  its network changed (after 9)
        """),
    Situation(
      "a network changes under an orphan and a one-off container",
      before: """
        services:
          web: {image: "web:1", networks: [front, back]}
          db: {image: "db:1", networks: [back]}
        networks: {front: , back: }
        """,
      after: """
        services:
          web: {image: "web:1", networks: [front, back]}
        networks: {front: , back: {internal: true}}
        """,
      drift: {
        var oneOff = $0.containers[0]
        oneOff.id = "one-off"
        oneOff.name = "shop-db-run-1"
        oneOff.isOneOff = true
        $0.containers.append(oneOff)
      },
      plan: """
        shop: 14 steps; downtime: db, web
        prepare:
           1  stop        container shop-db-1                     network back changed [downtime]
           2  disconnect  container shop-db-1 from shop_back      network back changed (after 1)
           3  stop        container shop-db-run-1                 network back changed [downtime]
           4  disconnect  container shop-db-run-1 from shop_back  network back changed (after 3)
           5  stop        container shop-web-1                    network back changed [downtime]
           6  disconnect  container shop-web-1 from shop_back     network back changed (after 5)
           7  remove      network shop_back                       network back changed (after 2, 4, 6)
           8  create      network shop_back                       network back changed (after 7)
        apply:
           9  connect     container shop-web-1 to shop_back       network back changed
          10  start       container shop-web-1                    its network changed (after 9)
          11  connect     container shop-db-1 to shop_back        network back changed
          12  start       container shop-db-1                     its network changed (after 11)
          13  connect     container shop-db-run-1 to shop_back    network back changed
          14  start       container shop-db-run-1                 its network changed (after 13)
        warning: orphan containers: shop-db-1 (remove them with --remove-orphans)
        """),
    Situation(
      "a network changes under a paused container",
      before: """
        services:
          web: {image: "web:1", networks: [front, back]}
          db: {image: "db:1", networks: [back]}
        networks: {front: , back: }
        """,
      after: """
        services:
          web: {image: "web:1", networks: [front, back]}
          db: {image: "db:1", networks: [back]}
        networks: {front: {internal: true}, back: }
        """,
      drift: { $0.change("web") { $0.state = .paused } },
      plan: """
        shop: 6 steps; downtime: web
        prepare:
          1  stop        container shop-web-1                  network front changed [downtime]
          2  disconnect  container shop-web-1 from shop_front  network front changed (after 1)
          3  remove      network shop_front                    network front changed (after 2)
          4  create      network shop_front                    network front changed (after 3)
        apply:
          5  connect     container shop-web-1 to shop_front    network front changed
          6  start       container shop-web-1                  paused (after 5)
        """),
    Situation(
      "a stopped container whose network was pruned",
      before: """
        services:
          web: {image: "web:1", networks: [front, back]}
          db: {image: "db:1", networks: [back]}
        networks: {front: , back: }
        """,
      after: """
        services:
          web: {image: "web:1", networks: [front, back]}
          db: {image: "db:1", networks: [back]}
        networks: {front: , back: }
        """,
      drift: {
        $0.change("web") { $0.state = .exited }
        $0.networks["shop_front"] = nil
      },
      plan: """
        shop: 6 steps
        prepare:
          1  create  network shop_front                                        does not exist
          2  create  container shop-web-1 as 000000000004_shop-web-1           its network shop_front was removed (after 1)
        apply:
          3  rename  container shop-web-1 to shop-web-1-replaced-000000000004  kept until the new one is proved
          4  rename  new container to shop-web-1                               takes the name (after 3)
          5  start   container shop-web-1                                      its network shop_front was removed (after 4)
        commit:
          6  remove  container shop-web-1                                      replaced
        """),
    Situation(
      "a stopped container and another network name",
      before: """
        services:
          web: {image: "web:1", networks: [front, back]}
          db: {image: "db:1", networks: [back]}
        networks: {front: , back: }
        """,
      after: """
        services:
          web: {image: "web:1", networks: [front, back]}
          db: {image: "db:1", networks: [back]}
        networks: {front: {name: frontier}, back: }
        """,
      drift: { $0.change("web") { $0.state = .exited } },
      plan: """
        shop: 7 steps
        prepare:
          1  create  network frontier                                          does not exist
          2  create  container shop-web-1 as 000000000004_shop-web-1           not attached to network frontier (after 1)
        apply:
          3  rename  container shop-web-1 to shop-web-1-replaced-000000000004  kept until the new one is proved
          4  rename  new container to shop-web-1                               takes the name (after 3)
          5  start   container shop-web-1                                      not attached to network frontier (after 4)
        commit:
          6  remove  container shop-web-1                                      replaced
          7  remove  network shop_front                                        network front is now frontier (after 6)
        """),
    Situation(
      "another network name while an orphan uses the old one",
      before: """
        services:
          web: {image: "web:1", networks: [front]}
          old: {image: "old:1", networks: [front]}
        networks: {front: }
        """,
      after: """
        services:
          web: {image: "web:1", networks: [front]}
        networks: {front: {name: frontier}}
        """,
      plan: """
        shop: 7 steps; downtime: web
        prepare:
          1  create  network frontier                                          does not exist
          2  create  container shop-web-1 as 000000000003_shop-web-1           not attached to network frontier (after 1)
        apply:
          3  stop    container shop-web-1                                      not attached to network frontier [downtime]
          4  rename  container shop-web-1 to shop-web-1-replaced-000000000003  kept until the new one is proved (after 3)
          5  rename  new container to shop-web-1                               takes the name (after 4)
          6  start   container shop-web-1                                      not attached to network frontier (after 5)
        commit:
          7  remove  container shop-web-1                                      replaced
        warning: orphan containers: shop-old-1 (remove them with --remove-orphans)
        warning: network shop_front stays: it is used by shop-old-1
        """),
  ]
}
