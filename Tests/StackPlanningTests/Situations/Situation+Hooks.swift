import StackPlanning

extension Situation {
  static let hooks: [Situation] = [
    Situation(
      "post_start on the first up",
      after: """
        services:
          web: {image: "web:1", post_start: [{command: warm}, {command: tell}], pre_stop: [{command: drain}]}
        """,
      plan: """
        shop: 5 steps
        prepare:
          1  create  network shop_default         does not exist
          2  create  container shop-web-1         not running (after 1)
        apply:
          3  start   container shop-web-1         not running
          4  run     post_start[0] in shop-web-1  post_start (after 3)
          5  run     post_start[1] in shop-web-1  post_start (after 4)
        """),
    Situation(
      "pre_stop and post_start on a change",
      before: """
        services:
          web: {image: "web:1", post_start: [{command: warm}, {command: tell}], pre_stop: [{command: drain}]}
        """,
      after: """
        services:
          web: {image: "web:2", post_start: [{command: warm}, {command: tell}], pre_stop: [{command: drain}]}
        """,
      plan: """
        shop: 9 steps; downtime: web
        prepare:
          1  create  container shop-web-1 as 000000000002_shop-web-1           image: web:1 -> web:2
        apply:
          2  run     pre_stop[0] in shop-web-1                                 image: web:1 -> web:2
          3  stop    container shop-web-1                                      image: web:1 -> web:2 (after 2) [downtime]
          4  rename  container shop-web-1 to shop-web-1-replaced-000000000002  kept until the new one is proved (after 3)
          5  rename  new container to shop-web-1                               takes the name (after 4)
          6  start   container shop-web-1                                      image: web:1 -> web:2 (after 5)
          7  run     post_start[0] in shop-web-1                               post_start (after 6)
          8  run     post_start[1] in shop-web-1                               post_start (after 7)
        commit:
          9  remove  container shop-web-1                                      replaced
        """),
    Situation(
      "secrets and configs that are not files",
      after: """
        services:
          web: {image: "web:1", secrets: [token], configs: [page]}
          db: {image: "db:1", secrets: [file]}
        secrets: {token: {environment: TOKEN}, file: {file: ./s}}
        configs: {page: {content: hello}}
        """,
      plan: """
        shop: 6 steps
        prepare:
          1  create  network shop_default                 does not exist
          2  create  container shop-db-1                  not running (after 1)
          3  create  container shop-web-1                 not running (after 1)
          4  copy    configs and secrets into shop-web-1  not running (after 3)
        apply:
          5  start   container shop-db-1                  not running
          6  start   container shop-web-1                 not running
        """),
    Situation(
      "pre_start on the first up",
      after: """
        services:
          web: {image: "web:1", pre_start: [{command: migrate}, {command: seed, image: "tools:1"}], depends_on: [db]}
          db: {image: "db:1"}
        """,
      plan: """
        shop: 7 steps
        prepare:
          1  create  network shop_default         does not exist
          2  create  container shop-db-1          not running (after 1)
          3  create  container shop-web-1         not running (after 1)
        apply:
          4  start   container shop-db-1          not running
          5  run     pre_start[0] for shop-web-1  pre_start (after 4)
          6  run     pre_start[1] for shop-web-1  pre_start (after 5)
          7  start   container shop-web-1         not running (after 4, 6)
        """),
    Situation(
      "pre_start with a network of its own",
      after: """
        services:
          web: {image: "web:1", pre_start: [{command: migrate, networks: [back]}]}
        networks: {back: {}}
        """,
      plan: """
        shop: 5 steps
        prepare:
          1  create  network shop_back            does not exist
          2  create  network shop_default         does not exist
          3  create  container shop-web-1         not running (after 2)
        apply:
          4  run     pre_start[0] for shop-web-1  pre_start
          5  start   container shop-web-1         not running (after 4)
        """),
    Situation(
      "pre_start on a change, once for all replicas",
      before: """
        services:
          web: {image: "web:1", scale: 2, pre_start: [{command: migrate}, {command: seed, image: "tools:1"}], depends_on: [db]}
          db: {image: "db:1"}
        """,
      after: """
        services:
          web: {image: "web:2", scale: 2, pre_start: [{command: migrate}, {command: seed, image: "tools:1"}], depends_on: [db]}
          db: {image: "db:1"}
        """,
      plan: """
        shop: 14 steps; downtime: web
        prepare:
           1  create  container shop-web-1 as 000000000003_shop-web-1           image: web:1 -> web:2; pre_start[0].image: web:1 -> web:2
           2  create  container shop-web-2 as 000000000004_shop-web-2           image: web:1 -> web:2; pre_start[0].image: web:1 -> web:2
        apply:
           3  stop    container shop-web-1                                      image: web:1 -> web:2; pre_start[0].image: web:1 -> web:2 [downtime]
           4  rename  container shop-web-1 to shop-web-1-replaced-000000000003  kept until the new one is proved (after 3)
           5  rename  new container to shop-web-1                               takes the name (after 4)
           6  stop    container shop-web-2                                      image: web:1 -> web:2; pre_start[0].image: web:1 -> web:2 [downtime]
           7  rename  container shop-web-2 to shop-web-2-replaced-000000000004  kept until the new one is proved (after 6)
           8  rename  new container to shop-web-2                               takes the name (after 7)
           9  run     pre_start[0] for shop-web-1                               pre_start (after 5)
          10  run     pre_start[1] for shop-web-1                               pre_start (after 9)
          11  start   container shop-web-1                                      image: web:1 -> web:2; pre_start[0].image: web:1 -> web:2 (after 5, 10)
          12  start   container shop-web-2                                      image: web:1 -> web:2; pre_start[0].image: web:1 -> web:2 (after 8, 10)
        commit:
          13  remove  container shop-web-1                                      replaced
          14  remove  container shop-web-2                                      replaced
        """),
    Situation(
      "no pre_start while another replica runs",
      before: """
        services:
          web: {image: "web:1", pre_start: [{command: migrate}, {command: seed, image: "tools:1"}], depends_on: [db]}
          db: {image: "db:1"}
        """,
      after: """
        services:
          web: {image: "web:1", scale: 2, pre_start: [{command: migrate}, {command: seed, image: "tools:1"}], depends_on: [db]}
          db: {image: "db:1"}
        """,
      plan: """
        shop: 2 steps
        prepare:
          1  create  container shop-web-2  scale 1 to 2
        apply:
          2  start   container shop-web-2  scale 1 to 2
        """),
    Situation(
      "pre_start again after a failed one",
      before: """
        services:
          web: {image: "web:1", pre_start: [{command: migrate}, {command: seed, image: "tools:1"}], depends_on: [db]}
          db: {image: "db:1"}
        """,
      after: """
        services:
          web: {image: "web:1", pre_start: [{command: migrate}, {command: seed, image: "tools:1"}], depends_on: [db]}
          db: {image: "db:1"}
        """,
      drift: {
        $0.change("web") { $0.state = .created }
        var hook = $0.containers[1]
        hook.id = "hook"
        hook.name = "shop-web-pre_start-0"
        hook.isHook = true
        hook.state = .exited
        $0.containers.append(hook)
      },
      plan: """
        shop: 4 steps
        apply:
          1  remove  container shop-web-pre_start-0  left by an earlier pre_start
          2  run     pre_start[0] for shop-web-1     pre_start (after 1)
          3  run     pre_start[1] for shop-web-1     pre_start (after 2)
          4  start   container shop-web-1            was never started (after 3)
        """),
  ]
}
