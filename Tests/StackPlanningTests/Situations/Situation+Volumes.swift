import StackPlanning

extension Situation {
  static let volumes: [Situation] = [
    Situation(
      "another volume definition keeps the data",
      before: """
        services:
          db: {image: "db:1", volumes: ["data:/d"]}
        volumes: {data: }
        """,
      after: """
        services:
          db: {image: "db:1", volumes: ["data:/d"]}
        volumes: {data: {labels: {a: b}}}
        """,
      plan: """
        shop: nothing to do
        warning: volume shop_data exists with other options than the file says; it is kept as it is, with its data
        """),
    Situation(
      "another volume name",
      before: """
        services:
          db: {image: "db:1", volumes: ["data:/d"]}
        volumes: {data: }
        """,
      after: """
        services:
          db: {image: "db:1", volumes: ["data:/d"]}
        volumes: {data: {name: archive}}
        """,
      plan: """
        shop: 7 steps; downtime: db
        prepare:
          1  create  volume archive                                          does not exist
          2  create  container shop-db-1 as 000000000002_shop-db-1           volume archive is not mounted (after 1)
        apply:
          3  stop    container shop-db-1                                     volume archive is not mounted [downtime]
          4  rename  container shop-db-1 to shop-db-1-replaced-000000000002  kept until the new one is proved (after 3)
          5  rename  new container to shop-db-1                              takes the name (after 4)
          6  start   container shop-db-1                                     volume archive is not mounted (after 5)
        commit:
          7  remove  container shop-db-1                                     replaced
        """),
    Situation(
      "an external volume that is there",
      after: """
        services:
          db: {image: "db:1", volumes: ["data:/d"]}
        volumes: {data: {external: true}}
        """,
      drift: { $0.volumes["data"] = ObservedVolume(name: "data") },
      plan: """
        shop: 3 steps
        prepare:
          1  create  network shop_default  does not exist
          2  create  container shop-db-1   not running (after 1)
        apply:
          3  start   container shop-db-1   not running
        """),
    Situation(
      "a volume of that name that is not ours",
      after: """
        services:
          db: {image: "db:1", volumes: ["data:/d"]}
        volumes: {data: {name: data}}
        """,
      drift: { $0.volumes["data"] = ObservedVolume(name: "data") },
      plan: """
        shop: 3 steps
        prepare:
          1  create  network shop_default  does not exist
          2  create  container shop-db-1   not running (after 1)
        apply:
          3  start   container shop-db-1   not running
        warning: volume data exists and was not made for this project; it is used as it is (set external: true to say so)
        """),
    Situation(
      "anonymous volumes are carried over",
      before: """
        services:
          db: {image: "db:1", volumes: [/cache]}
        """,
      after: """
        services:
          db: {image: "db:2", volumes: [/cache]}
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
      "anonymous volumes are renewed when asked",
      before: """
        services:
          db: {image: "db:1", volumes: [/cache]}
        """,
      after: """
        services:
          db: {image: "db:2", volumes: [/cache]}
        """,
      options: { $0.renewsAnonymousVolumes = true },
      plan: """
        shop: 6 steps; downtime: db; data is lost
        prepare:
          1  create  container shop-db-1 as 000000000002_shop-db-1           image: db:1 -> db:2
        apply:
          2  stop    container shop-db-1                                     image: db:1 -> db:2 [downtime]
          3  rename  container shop-db-1 to shop-db-1-replaced-000000000002  kept until the new one is proved (after 2)
          4  rename  new container to shop-db-1                              takes the name (after 3)
          5  start   container shop-db-1                                     image: db:1 -> db:2 (after 4)
        commit:
          6  remove  container shop-db-1                                     replaced [data loss]
        """),
    Situation(
      "a target with a slash at its end",
      before: """
        services:
          db: {image: "db:1", volumes: ["data:/d/"]}
        volumes: {data: }
        """,
      after: """
        services:
          db: {image: "db:1", volumes: ["data:/d/"]}
        volumes: {data: }
        """,
      drift: { $0.change("db") { $0.mounts[0].target = "/d" } },
      plan: """
        shop: nothing to do
        """),
    Situation(
      "nothing is lost without anonymous volumes",
      before: """
        services:
          db: {image: "db:1", volumes: ["data:/d"]}
        volumes: {data: }
        """,
      after: """
        services:
          db: {image: "db:2", volumes: ["data:/d"]}
        volumes: {data: }
        """,
      options: { $0.renewsAnonymousVolumes = true },
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
  ]
}
