import StackPlanning

extension Situation {
  static let basics: [Situation] = [
    Situation(
      "first up",
      after: """
        services:
          web: {image: "web:1", depends_on: [db], networks: [front, back]}
          db: {image: "db:1", volumes: ["data:/var/lib/db"], networks: [back]}
        networks: {front: , back: }
        volumes: {data: }
        """,
      plan: """
        shop: 7 steps
        prepare:
          1  create  network shop_back     does not exist
          2  create  network shop_front    does not exist
          3  create  volume shop_data      does not exist
          4  create  container shop-db-1   not running (after 1, 3)
          5  create  container shop-web-1  not running (after 1-2)
        apply:
          6  start   container shop-db-1   not running
          7  start   container shop-web-1  not running (after 6)
        """),
    Situation(
      "no change",
      before: """
        services:
          web: {image: "web:1", ports: ["80:8080"]}
        """,
      after: """
        services:
          web: {image: "web:1", ports: ["80:8080"]}
        """,
      plan: """
        shop: nothing to do
        """),
    Situation(
      "a new service beside a running one",
      before: """
        services:
          web: {image: "web:1", ports: ["80:8080"]}
        """,
      after: """
        services:
          web: {image: "web:1", ports: ["80:8080"]}
          api: {image: "api:1"}
        """,
      plan: """
        shop: 2 steps
        prepare:
          1  create  container shop-api-1  not running
        apply:
          2  start   container shop-api-1  not running
        """),
    Situation(
      "an orphan stays with a warning",
      before: """
        services:
          web: {image: "web:1", ports: ["80:8080"]}
          old: {image: "old:1"}
        """,
      after: """
        services:
          web: {image: "web:1", ports: ["80:8080"]}
        """,
      plan: """
        shop: nothing to do
        warning: orphan containers: shop-old-1 (remove them with --remove-orphans)
        """),
    Situation(
      "an orphan is removed when asked",
      before: """
        services:
          web: {image: "web:1", ports: ["80:8080"]}
          old: {image: "old:1"}
        """,
      after: """
        services:
          web: {image: "web:1", ports: ["80:8080"]}
        """,
      options: { $0.removesOrphans = true },
      plan: """
        shop: 2 steps
        apply:
          1  stop    container shop-old-1  orphan: service old is not in the files
        commit:
          2  remove  container shop-old-1  orphan: service old is not in the files
        """),
    Situation(
      "a service in an inactive profile is no orphan",
      before: """
        services:
          web: {image: "web:1", ports: ["80:8080"]}
          debug: {image: "debug:1"}
        """,
      after: """
        services:
          web: {image: "web:1", ports: ["80:8080"]}
          debug: {image: "debug:1", profiles: [debug]}
        """,
      plan: """
        shop: nothing to do
        """),
    Situation(
      "a renamed service takes the port over",
      before: """
        services:
          web: {image: "web:1", ports: ["80:8080"]}
        """,
      after: """
        services:
          site: {image: "web:1", ports: ["80:8080"]}
        """,
      options: { $0.removesOrphans = true },
      plan: """
        shop: 4 steps
        prepare:
          1  create  container shop-site-1  not running
        apply:
          2  stop    container shop-web-1   orphan: service web is not in the files
          3  start   container shop-site-1  not running (after 2)
        commit:
          4  remove  container shop-web-1   orphan: service web is not in the files
        """),
    Situation(
      "two services swap their ports",
      before: """
        services:
          a: {image: "web:1", ports: ["81:80"]}
          b: {image: "web:1", ports: ["82:80"]}
        """,
      after: """
        services:
          a: {image: "web:1", ports: ["82:80"]}
          b: {image: "web:1", ports: ["81:80"]}
        """,
      plan: """
        shop: 12 steps; downtime: a, b
        prepare:
           1  create  container shop-a-1 as 000000000002_shop-a-1           ports[0].published: 81 -> 82
           2  create  container shop-b-1 as 000000000003_shop-b-1           ports[0].published: 82 -> 81
        apply:
           3  stop    container shop-b-1                                    port 82 goes to a [downtime]
           4  stop    container shop-a-1                                    port 81 goes to b [downtime]
           5  rename  container shop-a-1 to shop-a-1-replaced-000000000002  kept until the new one is proved (after 3-4)
           6  rename  new container to shop-a-1                             takes the name (after 5)
           7  start   container shop-a-1                                    ports[0].published: 81 -> 82 (after 6)
           8  rename  container shop-b-1 to shop-b-1-replaced-000000000003  kept until the new one is proved (after 3-4)
           9  rename  new container to shop-b-1                             takes the name (after 8)
          10  start   container shop-b-1                                    ports[0].published: 82 -> 81 (after 9)
        commit:
          11  remove  container shop-a-1                                    replaced
          12  remove  container shop-b-1                                    replaced
        """),
    Situation(
      "a one-off container that has ended",
      before: """
        services:
          web: {image: "web:1"}
        """,
      after: """
        services:
          web: {image: "web:1"}
        """,
      drift: {
        var oneOff = $0.containers[0]
        oneOff.id = "one-off"
        oneOff.name = "shop-web-run-1"
        oneOff.isOneOff = true
        oneOff.state = .exited
        $0.containers.append(oneOff)
      },
      plan: """
        shop: nothing to do
        warning: orphan containers: shop-web-run-1 (remove them with --remove-orphans)
        """),
    Situation(
      "a one-off container that has ended is removed when asked",
      before: """
        services:
          web: {image: "web:1"}
        """,
      after: """
        services:
          web: {image: "web:1"}
        """,
      options: { $0.removesOrphans = true },
      drift: {
        var oneOff = $0.containers[0]
        oneOff.id = "one-off"
        oneOff.name = "shop-web-run-1"
        oneOff.isOneOff = true
        oneOff.state = .exited
        $0.containers.append(oneOff)
      },
      plan: """
        shop: 1 step
        commit:
          1  remove  container shop-web-run-1  one-off container that has ended
        """),
    Situation(
      "a one-off container that runs is left alone",
      before: """
        services:
          web: {image: "web:1"}
        """,
      after: """
        services:
          web: {image: "web:1"}
        """,
      options: { $0.removesOrphans = true },
      drift: {
        var oneOff = $0.containers[0]
        oneOff.id = "one-off"
        oneOff.name = "shop-web-run-1"
        oneOff.isOneOff = true
        oneOff.state = .running
        $0.containers.append(oneOff)
      },
      plan: """
        shop: nothing to do
        """),
  ]
}
