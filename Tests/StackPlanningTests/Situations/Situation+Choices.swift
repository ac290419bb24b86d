import StackPlanning

extension Situation {
  static let choices: [Situation] = [
    Situation(
      "--force-recreate",
      before: """
        services:
          web: {image: "web:1", depends_on: [db]}
          db: {image: "db:1"}
        """,
      after: """
        services:
          web: {image: "web:1", depends_on: [db]}
          db: {image: "db:1"}
        """,
      options: { $0.recreate = .force },
      plan: """
        shop: 12 steps; downtime: db, web
        prepare:
           1  create  container shop-db-1 as 000000000002_shop-db-1             forced
           2  create  container shop-web-1 as 000000000003_shop-web-1           forced
        apply:
           3  stop    container shop-db-1                                       forced [downtime]
           4  rename  container shop-db-1 to shop-db-1-replaced-000000000002    kept until the new one is proved (after 3)
           5  rename  new container to shop-db-1                                takes the name (after 4)
           6  start   container shop-db-1                                       forced (after 5)
           7  stop    container shop-web-1                                      forced (after 6) [downtime]
           8  rename  container shop-web-1 to shop-web-1-replaced-000000000003  kept until the new one is proved (after 6-7)
           9  rename  new container to shop-web-1                               takes the name (after 8)
          10  start   container shop-web-1                                      forced (after 9)
        commit:
          11  remove  container shop-db-1                                       replaced
          12  remove  container shop-web-1                                      replaced
        """),
    Situation(
      "--force-recreate of one service",
      before: """
        services:
          web: {image: "web:1", depends_on: [db]}
          db: {image: "db:1"}
        """,
      after: """
        services:
          web: {image: "web:1", depends_on: [db]}
          db: {image: "db:1"}
        """,
      options: {
        $0.recreate = .force
        $0.services = ["web"]
      },
      plan: """
        shop: 6 steps; downtime: web
        prepare:
          1  create  container shop-web-1 as 000000000003_shop-web-1           forced
        apply:
          2  stop    container shop-web-1                                      forced [downtime]
          3  rename  container shop-web-1 to shop-web-1-replaced-000000000003  kept until the new one is proved (after 2)
          4  rename  new container to shop-web-1                               takes the name (after 3)
          5  start   container shop-web-1                                      forced (after 4)
        commit:
          6  remove  container shop-web-1                                      replaced
        """),
    Situation(
      "--always-recreate-deps",
      before: """
        services:
          web: {image: "web:1", depends_on: [db]}
          db: {image: "db:1"}
        """,
      after: """
        services:
          web: {image: "web:1", depends_on: [db]}
          db: {image: "db:1"}
        """,
      options: {
        $0.alwaysRecreatesDependencies = true
        $0.services = ["web"]
      },
      plan: """
        shop: 6 steps; downtime: db
        prepare:
          1  create  container shop-db-1 as 000000000002_shop-db-1           forced for a dependency
        apply:
          2  stop    container shop-db-1                                     forced for a dependency [downtime]
          3  rename  container shop-db-1 to shop-db-1-replaced-000000000002  kept until the new one is proved (after 2)
          4  rename  new container to shop-db-1                              takes the name (after 3)
          5  start   container shop-db-1                                     forced for a dependency (after 4)
        commit:
          6  remove  container shop-db-1                                     replaced
        """),
    Situation(
      "--no-recreate",
      before: """
        services:
          web: {image: "web:1", depends_on: [db]}
          db: {image: "db:1"}
        """,
      after: """
        services:
          web: {image: "web:2", depends_on: [db]}
          db: {image: "db:1"}
        """,
      options: { $0.recreate = .never },
      plan: """
        shop: nothing to do
        """),
    Situation(
      "one service and what it needs",
      after: """
        services:
          web: {image: "web:1", depends_on: [db]}
          db: {image: "db:1"}
          other: {image: "other:1"}
        """,
      options: { $0.services = ["web"] },
      plan: """
        shop: 5 steps
        prepare:
          1  create  network shop_default  does not exist
          2  create  container shop-db-1   not running (after 1)
          3  create  container shop-web-1  not running (after 1)
        apply:
          4  start   container shop-db-1   not running
          5  start   container shop-web-1  not running (after 4)
        """),
    Situation(
      "one service alone (--no-deps)",
      after: """
        services:
          web: {image: "web:1", depends_on: [db]}
          db: {image: "db:1"}
        """,
      options: {
        $0.services = ["web"]
        $0.skipsDependencies = true
      },
      plan: """
        shop: 3 steps
        prepare:
          1  create  network shop_default  does not exist
          2  create  container shop-web-1  not running (after 1)
        apply:
          3  start   container shop-web-1  not running
        """),
    Situation(
      "--no-start",
      before: """
        services:
          web: {image: "web:1"}
        """,
      after: """
        services:
          web: {image: "web:2", depends_on: [db]}
          db: {image: "db:1"}
        """,
      options: { $0.startsContainers = false },
      plan: """
        shop: 6 steps; downtime: web
        prepare:
          1  create  container shop-db-1                                       not running
          2  create  container shop-web-1 as 000000000002_shop-web-1           image: web:1 -> web:2
        apply:
          3  stop    container shop-web-1                                      image: web:1 -> web:2 [downtime]
          4  rename  container shop-web-1 to shop-web-1-replaced-000000000002  kept until the new one is proved (after 3)
          5  rename  new container to shop-web-1                               takes the name (after 4)
        commit:
          6  remove  container shop-web-1                                      replaced
        """),
    Situation(
      "a stop timeout",
      before: """
        services:
          web: {image: "web:1", depends_on: [db]}
          db: {image: "db:1"}
        """,
      after: """
        services:
          web: {image: "web:2", depends_on: [db]}
          db: {image: "db:1"}
        """,
      options: { $0.stopTimeoutSeconds = 3 },
      plan: """
        shop: 6 steps; downtime: web
        prepare:
          1  create  container shop-web-1 as 000000000003_shop-web-1           image: web:1 -> web:2
        apply:
          2  stop    container shop-web-1                                      image: web:1 -> web:2 [downtime]
          3  rename  container shop-web-1 to shop-web-1-replaced-000000000003  kept until the new one is proved (after 2)
          4  rename  new container to shop-web-1                               takes the name (after 3)
          5  start   container shop-web-1                                      image: web:1 -> web:2 (after 4)
        commit:
          6  remove  container shop-web-1                                      replaced
        """),
    Situation(
      "the health gate",
      before: """
        services:
          web: {image: "web:1", depends_on: [db]}
          db: {image: "db:1"}
        """,
      after: """
        services:
          web: {image: "web:2", depends_on: [db]}
          db: {image: "db:1"}
        """,
      options: { $0.gate = .ready },
      plan: """
        shop: 7 steps; downtime: web
        prepare:
          1  create  container shop-web-1 as 000000000003_shop-web-1           image: web:1 -> web:2
        apply:
          2  stop    container shop-web-1                                      image: web:1 -> web:2 [downtime]
          3  rename  container shop-web-1 to shop-web-1-replaced-000000000003  kept until the new one is proved (after 2)
          4  rename  new container to shop-web-1                               takes the name (after 3)
          5  start   container shop-web-1                                      image: web:1 -> web:2 (after 4)
        verify:
          6  wait    until web is ready                                        health gate
        commit:
          7  remove  container shop-web-1                                      replaced
        """),
    Situation(
      "the health gate and a job",
      after: """
        services:
          web: {image: "web:1", depends_on: {app: {condition: service_healthy}}}
          app: {image: "app:1", healthcheck: {test: ok}, depends_on: {migrate: {condition: service_completed_successfully}}}
          migrate: {image: "app:1", command: [migrate], depends_on: {db: {condition: service_healthy}}}
          db: {image: "db:1", healthcheck: {test: ok}}
        """,
      converges: false,
      options: { $0.gate = .ready },
      plan: """
        shop: 16 steps
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
        verify:
          13  wait    until db is ready           health gate
          14  wait    until migrate is completed  health gate
          15  wait    until app is ready          health gate
          16  wait    until web is ready          health gate
        """),
    Situation(
      "-V and --no-deps of one service",
      before: """
        services:
          web: {image: "web:1", volumes: [/v], depends_on: [db]}
          db: {image: "db:1"}
        """,
      after: """
        services:
          web: {image: "web:2", volumes: [/v], depends_on: [db]}
          db: {image: "db:2"}
        """,
      options: {
        $0.renewsAnonymousVolumes = true
        $0.skipsDependencies = true
        $0.services = ["web"]
      },
      plan: """
        shop: 6 steps; downtime: web; data is lost
        prepare:
          1  create  container shop-web-1 as 000000000003_shop-web-1           image: web:1 -> web:2
        apply:
          2  stop    container shop-web-1                                      image: web:1 -> web:2 [downtime]
          3  rename  container shop-web-1 to shop-web-1-replaced-000000000003  kept until the new one is proved (after 2)
          4  rename  new container to shop-web-1                               takes the name (after 3)
          5  start   container shop-web-1                                      image: web:1 -> web:2 (after 4)
        commit:
          6  remove  container shop-web-1                                      replaced [data loss]
        """),
  ]
}
