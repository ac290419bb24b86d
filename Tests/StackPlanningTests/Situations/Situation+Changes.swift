import StackPlanning

extension Situation {
  static let changes: [Situation] = [
    Situation(
      "another image",
      before: """
        services:
          web: {image: "web:1"}
        """,
      after: """
        services:
          web: {image: "web:2"}
        """,
      plan: """
        shop: 6 steps; downtime: web
        prepare:
          1  create  container shop-web-1 as 000000000002_shop-web-1           image: web:1 -> web:2
        apply:
          2  stop    container shop-web-1                                      image: web:1 -> web:2 [downtime]
          3  rename  container shop-web-1 to shop-web-1-replaced-000000000002  kept until the new one is proved (after 2)
          4  rename  new container to shop-web-1                               takes the name (after 3)
          5  start   container shop-web-1                                      image: web:1 -> web:2 (after 4)
        commit:
          6  remove  container shop-web-1                                      replaced
        """),
    Situation(
      "the tag has a new image",
      before: """
        services:
          web: {image: "web:1"}
        """,
      after: """
        services:
          web: {image: "web:1"}
        """,
      drift: { $0.images["web:1"]?.id = "sha256:" + String(repeating: "a", count: 64) },
      plan: """
        shop: 6 steps; downtime: web
        prepare:
          1  create  container shop-web-1 as 000000000002_shop-web-1           image web:1 is now aaaaaaaaaaaa, was 6635ba2e092a
        apply:
          2  stop    container shop-web-1                                      image web:1 is now aaaaaaaaaaaa, was 6635ba2e092a [downtime]
          3  rename  container shop-web-1 to shop-web-1-replaced-000000000002  kept until the new one is proved (after 2)
          4  rename  new container to shop-web-1                               takes the name (after 3)
          5  start   container shop-web-1                                      image web:1 is now aaaaaaaaaaaa, was 6635ba2e092a (after 4)
        commit:
          6  remove  container shop-web-1                                      replaced
        """),
    Situation(
      "another environment, values masked",
      before: """
        services:
          web: {image: "web:1", environment: {KEY: old-secret, SAME: x}}
        """,
      after: """
        services:
          web: {image: "web:1", environment: {KEY: new-secret, SAME: x, MORE: y}}
        """,
      plan: """
        shop: 6 steps; downtime: web
        prepare:
          1  create  container shop-web-1 as 000000000002_shop-web-1           environment.KEY changed; environment.MORE: + •••
        apply:
          2  stop    container shop-web-1                                      environment.KEY changed; environment.MORE: + ••• [downtime]
          3  rename  container shop-web-1 to shop-web-1-replaced-000000000002  kept until the new one is proved (after 2)
          4  rename  new container to shop-web-1                               takes the name (after 3)
          5  start   container shop-web-1                                      environment.KEY changed; environment.MORE: + ••• (after 4)
        commit:
          6  remove  container shop-web-1                                      replaced
        """),
    Situation(
      "another command",
      before: """
        services:
          web: {image: "web:1", command: [serve]}
        """,
      after: """
        services:
          web: {image: "web:1", command: [serve, --fast]}
        """,
      plan: """
        shop: 6 steps; downtime: web
        prepare:
          1  create  container shop-web-1 as 000000000002_shop-web-1           command: [serve] -> [serve, --fast]
        apply:
          2  stop    container shop-web-1                                      command: [serve] -> [serve, --fast] [downtime]
          3  rename  container shop-web-1 to shop-web-1-replaced-000000000002  kept until the new one is proved (after 2)
          4  rename  new container to shop-web-1                               takes the name (after 3)
          5  start   container shop-web-1                                      command: [serve] -> [serve, --fast] (after 4)
        commit:
          6  remove  container shop-web-1                                      replaced
        """),
    Situation(
      "another port",
      before: """
        services:
          web: {image: "web:1", ports: ["80:8080"]}
        """,
      after: """
        services:
          web: {image: "web:1", ports: ["81:8080"]}
        """,
      plan: """
        shop: 6 steps; downtime: web
        prepare:
          1  create  container shop-web-1 as 000000000002_shop-web-1           ports[0].published: 80 -> 81
        apply:
          2  stop    container shop-web-1                                      ports[0].published: 80 -> 81 [downtime]
          3  rename  container shop-web-1 to shop-web-1-replaced-000000000002  kept until the new one is proved (after 2)
          4  rename  new container to shop-web-1                               takes the name (after 3)
          5  start   container shop-web-1                                      ports[0].published: 80 -> 81 (after 4)
        commit:
          6  remove  container shop-web-1                                      replaced
        """),
    Situation(
      "another bind mount",
      before: """
        services:
          web: {image: "web:1", volumes: ["./a:/a"]}
        """,
      after: """
        services:
          web: {image: "web:1", volumes: ["./b:/a"]}
        """,
      plan: """
        shop: 6 steps; downtime: web
        prepare:
          1  create  container shop-web-1 as 000000000002_shop-web-1           volumes[0].source: /shop/a -> /shop/b
        apply:
          2  stop    container shop-web-1                                      volumes[0].source: /shop/a -> /shop/b [downtime]
          3  rename  container shop-web-1 to shop-web-1-replaced-000000000002  kept until the new one is proved (after 2)
          4  rename  new container to shop-web-1                               takes the name (after 3)
          5  start   container shop-web-1                                      volumes[0].source: /shop/a -> /shop/b (after 4)
        commit:
          6  remove  container shop-web-1                                      replaced
        """),
    Situation(
      "another label",
      before: """
        services:
          web: {image: "web:1", labels: {team: a}}
        """,
      after: """
        services:
          web: {image: "web:1", labels: {team: b}}
        """,
      plan: """
        shop: 6 steps; downtime: web
        prepare:
          1  create  container shop-web-1 as 000000000002_shop-web-1           labels.team: a -> b
        apply:
          2  stop    container shop-web-1                                      labels.team: a -> b [downtime]
          3  rename  container shop-web-1 to shop-web-1-replaced-000000000002  kept until the new one is proved (after 2)
          4  rename  new container to shop-web-1                               takes the name (after 3)
          5  start   container shop-web-1                                      labels.team: a -> b (after 4)
        commit:
          6  remove  container shop-web-1                                      replaced
        """),
    Situation(
      "another health check",
      before: """
        services:
          web: {image: "web:1", healthcheck: {test: curl a}}
        """,
      after: """
        services:
          web: {image: "web:1", healthcheck: {test: curl a, interval: 5s}}
        """,
      plan: """
        shop: 6 steps; downtime: web
        prepare:
          1  create  container shop-web-1 as 000000000002_shop-web-1           healthcheck.interval: + 5s
        apply:
          2  stop    container shop-web-1                                      healthcheck.interval: + 5s [downtime]
          3  rename  container shop-web-1 to shop-web-1-replaced-000000000002  kept until the new one is proved (after 2)
          4  rename  new container to shop-web-1                               takes the name (after 3)
          5  start   container shop-web-1                                      healthcheck.interval: + 5s (after 4)
        commit:
          6  remove  container shop-web-1                                      replaced
        """),
    Situation(
      "many changes at once",
      before: """
        services:
          web: {image: "web:1", labels: {a: "1"}, command: [a], user: a, hostname: a, tty: true}
        """,
      after: """
        services:
          web: {image: "web:1", labels: {a: "2"}, command: [b], user: b, hostname: b}
        """,
      plan: """
        shop: 6 steps; downtime: web
        prepare:
          1  create  container shop-web-1 as 000000000002_shop-web-1           command[0]: a -> b; hostname: a -> b; labels.a: 1 -> 2; and 2 more
        apply:
          2  stop    container shop-web-1                                      command[0]: a -> b; hostname: a -> b; labels.a: 1 -> 2; and 2 more [downtime]
          3  rename  container shop-web-1 to shop-web-1-replaced-000000000002  kept until the new one is proved (after 2)
          4  rename  new container to shop-web-1                               takes the name (after 3)
          5  start   container shop-web-1                                      command[0]: a -> b; hostname: a -> b; labels.a: 1 -> 2; and 2 more (after 4)
        commit:
          6  remove  container shop-web-1                                      replaced
        """),
    Situation(
      "what needs no new container",
      before: """
        services:
          web: {image: "web:1", pull_policy: missing}
        """,
      after: """
        services:
          web: {image: "web:1", pull_policy: never, scale: 1}
        """,
      plan: """
        shop: nothing to do
        """),
    Situation(
      "hooks with secret values",
      before: """
        services:
          web: {image: "web:1"}
        """,
      after: """
        services:
          web: {image: "web:1", post_start: [{command: [warm], environment: {KEY: secret}}]}
        """,
      plan: """
        shop: 7 steps; downtime: web
        prepare:
          1  create  container shop-web-1 as 000000000002_shop-web-1           post_start: + [{command: [warm], environment: •••}]
        apply:
          2  stop    container shop-web-1                                      post_start: + [{command: [warm], environment: •••}] [downtime]
          3  rename  container shop-web-1 to shop-web-1-replaced-000000000002  kept until the new one is proved (after 2)
          4  rename  new container to shop-web-1                               takes the name (after 3)
          5  start   container shop-web-1                                      post_start: + [{command: [warm], environment: •••}] (after 4)
          6  run     post_start[0] in shop-web-1                               post_start (after 5)
        commit:
          7  remove  container shop-web-1                                      replaced
        """),
  ]
}
