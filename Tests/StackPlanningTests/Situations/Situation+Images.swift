import StackPlanning

extension Situation {
  static let images: [Situation] = [
    Situation(
      "images that are not there",
      after: """
        services:
          web: {image: "web:1"}
          api: {image: "web:1"}
          db: {image: "db:1"}
        """,
      drift: { $0.images = [:] },
      plan: """
        shop: 9 steps
        pull:
          1  pull    image db:1            not on the engine
          2  pull    image web:1           not on the engine
        prepare:
          3  create  network shop_default  does not exist
          4  create  container shop-api-1  not running (after 3)
          5  create  container shop-db-1   not running (after 3)
          6  create  container shop-web-1  not running (after 3)
        apply:
          7  start   container shop-api-1  not running
          8  start   container shop-db-1   not running
          9  start   container shop-web-1  not running
        """),
    Situation(
      "pull policy always",
      after: """
        services:
          web: {image: "web:1", pull_policy: always}
          db: {image: "db:1"}
        """,
      converges: false,
      plan: """
        shop: 6 steps
        pull:
          1  pull    image web:1           pull policy always
        prepare:
          2  create  network shop_default  does not exist
          3  create  container shop-db-1   not running (after 2)
          4  create  container shop-web-1  not running (after 2)
        apply:
          5  start   container shop-db-1   not running
          6  start   container shop-web-1  not running
        """),
    Situation(
      "--pull always",
      after: """
        services:
          web: {image: "web:1"}
          db: {image: "db:1", pull_policy: never}
        """,
      options: { $0.pull = .always },
      plan: """
        shop: 7 steps
        pull:
          1  pull    image db:1            pull policy always
          2  pull    image web:1           pull policy always
        prepare:
          3  create  network shop_default  does not exist
          4  create  container shop-db-1   not running (after 3)
          5  create  container shop-web-1  not running (after 3)
        apply:
          6  start   container shop-db-1   not running
          7  start   container shop-web-1  not running
        """),
    Situation(
      "--pull never",
      after: """
        services:
          web: {image: "web:1", pull_policy: always}
        """,
      options: { $0.pull = .never },
      plan: """
        shop: 3 steps
        prepare:
          1  create  network shop_default  does not exist
          2  create  container shop-web-1  not running (after 1)
        apply:
          3  start   container shop-web-1  not running
        """),
    Situation(
      "pull policies with an interval",
      after: """
        services:
          fresh: {image: "fresh:1", pull_policy: daily}
          old: {image: "old:1", pull_policy: daily}
          week: {image: "old:1", pull_policy: weekly}
          hours: {image: "hours:1", pull_policy: every_1h30m}
          unknown: {image: "unknown:1", pull_policy: every_2d}
        """,
      converges: false,
      options: { $0.nowSeconds = 1_000_000 },
      drift: {
        $0.images["fresh:1"]?.pulledAtSeconds = 1_000_000 - 86_400
        $0.images["old:1"]?.pulledAtSeconds = 1_000_000 - 86_401
        $0.images["hours:1"]?.pulledAtSeconds = 1_000_000 - 5_401
      },
      plan: """
        shop: 14 steps
        pull:
           1  pull    image hours:1             pull policy every_1h30m
           2  pull    image old:1               pull policy daily
           3  pull    image unknown:1           pull policy every_2d
        prepare:
           4  create  network shop_default      does not exist
           5  create  container shop-fresh-1    not running (after 4)
           6  create  container shop-hours-1    not running (after 4)
           7  create  container shop-old-1      not running (after 4)
           8  create  container shop-unknown-1  not running (after 4)
           9  create  container shop-week-1     not running (after 4)
        apply:
          10  start   container shop-fresh-1    not running
          11  start   container shop-hours-1    not running
          12  start   container shop-old-1      not running
          13  start   container shop-unknown-1  not running
          14  start   container shop-week-1     not running
        """),
    Situation(
      "an interval without a clock",
      after: """
        services:
          web: {image: "web:1", pull_policy: daily}
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
      "pinned images of a rollback",
      before: """
        services:
          web: {image: "web:1"}
        """,
      after: """
        services:
          web: {image: "web:1"}
        """,
      options: { $0.pinnedImages = ["web": "sha256:" + String(repeating: "b", count: 64)] },
      plan: """
        shop: 6 steps; downtime: web
        prepare:
          1  create  container shop-web-1 as 000000000002_shop-web-1           image web:1 is now bbbbbbbbbbbb, was 6635ba2e092a
        apply:
          2  stop    container shop-web-1                                      image web:1 is now bbbbbbbbbbbb, was 6635ba2e092a [downtime]
          3  rename  container shop-web-1 to shop-web-1-replaced-000000000002  kept until the new one is proved (after 2)
          4  rename  new container to shop-web-1                               takes the name (after 3)
          5  start   container shop-web-1                                      image web:1 is now bbbbbbbbbbbb, was 6635ba2e092a (after 4)
        commit:
          6  remove  container shop-web-1                                      replaced
        """),
    Situation(
      "an image that was built",
      after: """
        services:
          web: {build: .}
        """,
      options: { $0.builtServices = ["web"] },
      plan: """
        shop: 3 steps
        prepare:
          1  create  network shop_default  does not exist
          2  create  container shop-web-1  not running (after 1)
        apply:
          3  start   container shop-web-1  not running
        """),
    Situation(
      "images that must be built",
      after: """
        services:
          web: {build: ., depends_on: [api]}
          api: {build: ./api, image: "api:1"}
          job: {image: "api:1"}
          db: {image: "db:1"}
        """,
      drift: { $0.images = [:] },
      plan: """
        shop: 12 steps
        pull:
           1  pull    image db:1              not on the engine
           2  build   image api:1 for api     not on the engine
           3  build   image shop-web for web  not on the engine (after 2)
        prepare:
           4  create  network shop_default    does not exist
           5  create  container shop-api-1    not running (after 4)
           6  create  container shop-db-1     not running (after 4)
           7  create  container shop-job-1    not running (after 4)
           8  create  container shop-web-1    not running (after 4)
        apply:
           9  start   container shop-api-1    not running
          10  start   container shop-db-1     not running
          11  start   container shop-job-1    not running
          12  start   container shop-web-1    not running (after 9)
        """),
    Situation(
      "pull policy build",
      before: """
        services:
          web: {build: ., pull_policy: build}
          api: {build: .}
        """,
      after: """
        services:
          web: {build: ., pull_policy: build}
          api: {build: .}
        """,
      converges: false,
      plan: """
        shop: 1 step
        pull:
          1  build  image shop-web for web  pull policy build
        """),
    Situation(
      "--build",
      before: "services: {web: {build: .}, db: {image: \"db:1\"}}",
      after: "services: {web: {build: .}, db: {image: \"db:1\"}}",
      converges: false,
      options: { $0.build = .always },
      plan: """
        shop: 1 step
        pull:
          1  build  image shop-web for web  --build
        """),
    Situation(
      "--no-build with an image that is there",
      before: "services: {web: {build: ., pull_policy: build}}",
      after: "services: {web: {build: ., pull_policy: build}}",
      options: { $0.build = .never },
      plan: "shop: nothing to do"),
    Situation(
      "images of hooks and mounts are pulled too",
      after: """
        services:
          web: {image: "web:1", pre_start: [{command: migrate, image: "tools:1"}], volumes: [{type: image, source: "files:1", target: /f}]}
        """,
      drift: { $0.images = [:] },
      plan: """
        shop: 7 steps
        pull:
          1  pull    image files:1                not on the engine
          2  pull    image tools:1                not on the engine
          3  pull    image web:1                  not on the engine
        prepare:
          4  create  network shop_default         does not exist
          5  create  container shop-web-1         not running (after 4)
        apply:
          6  run     pre_start[0] for shop-web-1  pre_start
          7  start   container shop-web-1         not running (after 6)
        """),
  ]
}
