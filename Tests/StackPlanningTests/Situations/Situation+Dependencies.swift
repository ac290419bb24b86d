import StackPlanning

extension Situation {
  static let dependencies: [Situation] = [
    Situation(
      "conditions of every kind",
      after: """
        services:
          web: {image: "web:1", depends_on: {app: {condition: service_healthy}}}
          app: {image: "app:1", healthcheck: {test: ok}, depends_on: {migrate: {condition: service_completed_successfully}}}
          migrate: {image: "app:1", command: [migrate], depends_on: {db: {condition: service_healthy}}}
          db: {image: "db:1", healthcheck: {test: ok}}
        """,
      converges: false,
      plan: """
        shop: 12 steps
        prepare:
           1  create  network shop_default        does not exist
           2  create  container shop-db-1         not running (after 1)
           3  create  container shop-migrate-1    not running (after 1)
           4  create  container shop-app-1        not running (after 1)
           5  create  container shop-web-1        not running (after 1)
        apply:
           6  start   container shop-db-1         not running
           7  wait    until db is healthy         others depend on it (after 6)
           8  start   container shop-migrate-1    not running (after 7)
           9  wait    until migrate is completed  others depend on it (after 8)
          10  start   container shop-app-1        not running (after 9)
          11  wait    until app is healthy        others depend on it (after 10)
          12  start   container shop-web-1        not running (after 11)
        """),
    Situation(
      "a chain with a change in the middle",
      before: """
        services:
          web: {image: "web:1", depends_on: {app: {condition: service_healthy}}}
          app: {image: "app:1", healthcheck: {test: ok}, depends_on: {migrate: {condition: service_completed_successfully}}}
          migrate: {image: "app:1", command: [migrate], depends_on: {db: {condition: service_healthy}}}
          db: {image: "db:1", healthcheck: {test: ok}}
        """,
      after: """
        services:
          web: {image: "web:1", depends_on: {app: {condition: service_healthy}}}
          app: {image: "app:2", healthcheck: {test: ok}, depends_on: {migrate: {condition: service_completed_successfully}}}
          migrate: {image: "app:1", command: [migrate], depends_on: {db: {condition: service_healthy}}}
          db: {image: "db:1", healthcheck: {test: ok}}
        """,
      converges: false,
      plan: """
        shop: 8 steps; downtime: app
        prepare:
          1  create  container shop-app-1 as 000000000004_shop-app-1           image: app:1 -> app:2
        apply:
          2  start   container shop-migrate-1                                  exited with 0
          3  wait    until migrate is completed                                others depend on it (after 2)
          4  stop    container shop-app-1                                      image: app:1 -> app:2 (after 3) [downtime]
          5  rename  container shop-app-1 to shop-app-1-replaced-000000000004  kept until the new one is proved (after 3-4)
          6  rename  new container to shop-app-1                               takes the name (after 5)
          7  start   container shop-app-1                                      image: app:1 -> app:2 (after 6)
        commit:
          8  remove  container shop-app-1                                      replaced
        """),
    Situation(
      "an optional dependency",
      after: """
        services:
          web: {image: "web:1", depends_on: {cache: {condition: service_healthy, required: false}}}
          cache: {image: "cache:1", healthcheck: {test: ok}}
        """,
      plan: """
        shop: 6 steps
        prepare:
          1  create  network shop_default    does not exist
          2  create  container shop-cache-1  not running (after 1)
          3  create  container shop-web-1    not running (after 1)
        apply:
          4  start   container shop-cache-1  not running
          5  wait    until cache is healthy  others depend on it (after 4)
          6  start   container shop-web-1    not running (after 5)
        """),
    Situation(
      "an optional dependency in an inactive profile",
      after: """
        services:
          web: {image: "web:1", depends_on: {cache: {condition: service_healthy, required: false}}}
          cache: {image: "cache:1", profiles: [more]}
        """,
      plan: """
        shop: 3 steps
        prepare:
          1  create  network shop_default  does not exist
          2  create  container shop-web-1  not running (after 1)
        apply:
          3  start   container shop-web-1  not running
        """),
    Situation(
      "depends_on with restart",
      before: """
        services:
          web: {image: "web:1", depends_on: {db: {condition: service_started, restart: true}}}
          db: {image: "db:1"}
        """,
      after: """
        services:
          web: {image: "web:1", depends_on: {db: {condition: service_started, restart: true}}}
          db: {image: "db:2"}
        """,
      plan: """
        shop: 8 steps; downtime: db, web
        prepare:
          1  create  container shop-db-1 as 000000000002_shop-db-1           image: db:1 -> db:2
        apply:
          2  stop    container shop-web-1                                    restarts with db [downtime]
          3  stop    container shop-db-1                                     image: db:1 -> db:2 (after 2) [downtime]
          4  rename  container shop-db-1 to shop-db-1-replaced-000000000002  kept until the new one is proved (after 2-3)
          5  rename  new container to shop-db-1                              takes the name (after 4)
          6  start   container shop-db-1                                     image: db:1 -> db:2 (after 5)
          7  start   container shop-web-1                                    restarts with db (after 2, 6)
        commit:
          8  remove  container shop-db-1                                     replaced
        """),
    Situation(
      "depends_on without restart",
      before: """
        services:
          web: {image: "web:1", depends_on: {db: {condition: service_started, restart: false}}}
          db: {image: "db:1"}
        """,
      after: """
        services:
          web: {image: "web:1", depends_on: {db: {condition: service_started, restart: false}}}
          db: {image: "db:2"}
        """,
      plan: """
        shop: 6 steps; downtime: db
        prepare:
          1  create  container shop-db-1 as 000000000002_shop-db-1           image: db:1 -> db:2
        apply:
          2  stop    container shop-db-1                                     image: db:1 -> db:2 [downtime]
          3  rename  container shop-db-1 to shop-db-1-replaced-000000000002  kept until the new one is proved (after 2)
          4  rename  new container to shop-db-1                              takes the name (after 3)
          5  start   container shop-db-1                                     image: db:1 -> db:2 (after 4)
        commit:
          6  remove  container shop-db-1                                     replaced
        """),
    Situation(
      "shared namespaces, first up",
      after: """
        services:
          vpn: {image: "vpn:1", ports: ["80:80"]}
          tool: {image: "tool:1", network_mode: "service:vpn"}
          other: {image: "tool:1", volumes_from: [tool]}
        """,
      plan: """
        shop: 7 steps
        prepare:
          1  create  network shop_default    does not exist
          2  create  container shop-vpn-1    not running (after 1)
          3  create  container shop-tool-1   not running (after 2)
          4  create  container shop-other-1  not running (after 1, 3)
        apply:
          5  start   container shop-vpn-1    not running
          6  start   container shop-tool-1   not running (after 5)
          7  start   container shop-other-1  not running (after 6)
        """),
    Situation(
      "shared namespaces are replaced together",
      before: """
        services:
          vpn: {image: "vpn:1", ports: ["80:80"]}
          tool: {image: "tool:1", network_mode: "service:vpn"}
          other: {image: "tool:1", volumes_from: [tool]}
        """,
      after: """
        services:
          vpn: {image: "vpn:2", ports: ["80:80"]}
          tool: {image: "tool:1", network_mode: "service:vpn"}
          other: {image: "tool:1", volumes_from: [tool]}
        """,
      plan: """
        shop: 18 steps; downtime: other, tool, vpn
        prepare:
           1  create  container shop-vpn-1 as 000000000002_shop-vpn-1               image: vpn:1 -> vpn:2
           2  create  container shop-tool-1 as 000000000003_shop-tool-1             vpn is replaced (after 1)
           3  create  container shop-other-1 as 000000000004_shop-other-1           tool is replaced (after 2)
        apply:
           4  stop    container shop-vpn-1                                          image: vpn:1 -> vpn:2 [downtime]
           5  rename  container shop-vpn-1 to shop-vpn-1-replaced-000000000002      kept until the new one is proved (after 4)
           6  rename  new container to shop-vpn-1                                   takes the name (after 5)
           7  start   container shop-vpn-1                                          image: vpn:1 -> vpn:2 (after 6)
           8  stop    container shop-tool-1                                         vpn is replaced (after 7) [downtime]
           9  rename  container shop-tool-1 to shop-tool-1-replaced-000000000003    kept until the new one is proved (after 7-8)
          10  rename  new container to shop-tool-1                                  takes the name (after 9)
          11  start   container shop-tool-1                                         vpn is replaced (after 10)
          12  stop    container shop-other-1                                        tool is replaced (after 11) [downtime]
          13  rename  container shop-other-1 to shop-other-1-replaced-000000000004  kept until the new one is proved (after 11-12)
          14  rename  new container to shop-other-1                                 takes the name (after 13)
          15  start   container shop-other-1                                        tool is replaced (after 14)
        commit:
          16  remove  container shop-vpn-1                                          replaced
          17  remove  container shop-tool-1                                         replaced
          18  remove  container shop-other-1                                        replaced
        """),
    Situation(
      "a change two steps away",
      before: """
        services:
          web: {image: "web:1", depends_on: {app: {condition: service_healthy}}}
          app: {image: "app:1", healthcheck: {test: ok}, depends_on: {migrate: {condition: service_started}}}
          migrate: {image: "app:1", command: [migrate], depends_on: {db: {condition: service_healthy}}}
          db: {image: "db:1", healthcheck: {test: ok}}
        """,
      after: """
        services:
          web: {image: "web:2", depends_on: {app: {condition: service_healthy}}}
          app: {image: "app:1", healthcheck: {test: ok}, depends_on: {migrate: {condition: service_started}}}
          migrate: {image: "app:1", command: [migrate], depends_on: {db: {condition: service_healthy}}}
          db: {image: "db:2", healthcheck: {test: ok}}
        """,
      plan: """
        shop: 14 steps; downtime: db, web
        prepare:
           1  create  container shop-db-1 as 000000000002_shop-db-1             image: db:1 -> db:2
           2  create  container shop-web-1 as 000000000005_shop-web-1           image: web:1 -> web:2
        apply:
           3  stop    container shop-db-1                                       image: db:1 -> db:2 [downtime]
           4  rename  container shop-db-1 to shop-db-1-replaced-000000000002    kept until the new one is proved (after 3)
           5  rename  new container to shop-db-1                                takes the name (after 4)
           6  start   container shop-db-1                                       image: db:1 -> db:2 (after 5)
           7  wait    until db is healthy                                       others depend on it (after 6)
           8  wait    until app is healthy                                      others depend on it (after 7)
           9  stop    container shop-web-1                                      image: web:1 -> web:2 (after 8) [downtime]
          10  rename  container shop-web-1 to shop-web-1-replaced-000000000005  kept until the new one is proved (after 8-9)
          11  rename  new container to shop-web-1                               takes the name (after 10)
          12  start   container shop-web-1                                      image: web:1 -> web:2 (after 11)
        commit:
          13  remove  container shop-db-1                                       replaced
          14  remove  container shop-web-1                                      replaced
        """),
    Situation(
      "a dependency with no containers",
      after: """
        services:
          web: {image: "web:1", depends_on: {db: {condition: service_healthy}}}
          db: {image: "db:1", scale: 0}
        """,
      plan: """
        shop: 3 steps
        prepare:
          1  create  network shop_default  does not exist
          2  create  container shop-web-1  not running (after 1)
        apply:
          3  start   container shop-web-1  not running
        """),
    Situation(
      "order through a service that stays as it is",
      before: """
        services:
          web: {image: "web:1", depends_on: {app: {condition: service_started}}}
          app: {image: "app:1", depends_on: {db: {condition: service_healthy}}}
          db: {image: "db:1", healthcheck: {test: ok}}
        """,
      after: """
        services:
          web: {image: "web:2", depends_on: {app: {condition: service_started}}}
          app: {image: "app:1", depends_on: {db: {condition: service_healthy}}}
          db: {image: "db:2", healthcheck: {test: ok}}
        """,
      plan: """
        shop: 13 steps; downtime: db, web
        prepare:
           1  create  container shop-db-1 as 000000000002_shop-db-1             image: db:1 -> db:2
           2  create  container shop-web-1 as 000000000004_shop-web-1           image: web:1 -> web:2
        apply:
           3  stop    container shop-db-1                                       image: db:1 -> db:2 [downtime]
           4  rename  container shop-db-1 to shop-db-1-replaced-000000000002    kept until the new one is proved (after 3)
           5  rename  new container to shop-db-1                                takes the name (after 4)
           6  start   container shop-db-1                                       image: db:1 -> db:2 (after 5)
           7  wait    until db is healthy                                       others depend on it (after 6)
           8  stop    container shop-web-1                                      image: web:1 -> web:2 (after 7) [downtime]
           9  rename  container shop-web-1 to shop-web-1-replaced-000000000004  kept until the new one is proved (after 7-8)
          10  rename  new container to shop-web-1                               takes the name (after 9)
          11  start   container shop-web-1                                      image: web:1 -> web:2 (after 10)
        commit:
          12  remove  container shop-db-1                                       replaced
          13  remove  container shop-web-1                                      replaced
        """),
  ]
}
