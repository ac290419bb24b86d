import StackPlanning

extension Situation {
  static let states: [Situation] = [
    Situation(
      "a container that is exited",
      before: """
        services:
          web: {image: "web:1"}
        """,
      after: """
        services:
          web: {image: "web:1"}
        """,
      drift: {
        $0.change("web") {
          $0.state = .exited; $0.exitCode = 137
        }
      },
      plan: """
        shop: 1 step
        apply:
          1  start  container shop-web-1  exited with 137
        """),
    Situation(
      "a container that is created",
      before: """
        services:
          web: {image: "web:1"}
        """,
      after: """
        services:
          web: {image: "web:1"}
        """,
      drift: { $0.change("web") { $0.state = .created } },
      plan: """
        shop: 1 step
        apply:
          1  start  container shop-web-1  was never started
        """),
    Situation(
      "a container that is paused",
      before: """
        services:
          web: {image: "web:1"}
        """,
      after: """
        services:
          web: {image: "web:1"}
        """,
      drift: { $0.change("web") { $0.state = .paused } },
      plan: """
        shop: 1 step
        apply:
          1  unpause  container shop-web-1  paused
        """),
    Situation(
      "a container that is restarting",
      before: """
        services:
          web: {image: "web:1"}
        """,
      after: """
        services:
          web: {image: "web:1"}
        """,
      drift: { $0.change("web") { $0.state = .restarting } },
      plan: """
        shop: nothing to do
        """),
    Situation(
      "a container that is dead",
      before: """
        services:
          web: {image: "web:1"}
        """,
      after: """
        services:
          web: {image: "web:1"}
        """,
      drift: { $0.change("web") { $0.state = .dead } },
      plan: """
        shop: 5 steps
        prepare:
          1  create  container shop-web-1 as 000000000002_shop-web-1           dead
        apply:
          2  rename  container shop-web-1 to shop-web-1-replaced-000000000002  kept until the new one is proved
          3  rename  new container to shop-web-1                               takes the name (after 2)
          4  start   container shop-web-1                                      dead (after 3)
        commit:
          5  remove  container shop-web-1                                      replaced
        """),
    Situation(
      "a paused container is replaced",
      before: """
        services:
          web: {image: "web:1"}
        """,
      after: """
        services:
          web: {image: "web:2"}
        """,
      drift: { $0.change("web") { $0.state = .paused } },
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
      "an exited container is replaced",
      before: """
        services:
          web: {image: "web:1"}
        """,
      after: """
        services:
          web: {image: "web:2"}
        """,
      drift: { $0.change("web") { $0.state = .exited } },
      plan: """
        shop: 5 steps
        prepare:
          1  create  container shop-web-1 as 000000000002_shop-web-1           image: web:1 -> web:2
        apply:
          2  rename  container shop-web-1 to shop-web-1-replaced-000000000002  kept until the new one is proved
          3  rename  new container to shop-web-1                               takes the name (after 2)
          4  start   container shop-web-1                                      image: web:1 -> web:2 (after 3)
        commit:
          5  remove  container shop-web-1                                      replaced
        """),
    Situation(
      "an unhealthy container and the gate",
      before: """
        services:
          web: {image: "web:1", healthcheck: {test: ok}}
        """,
      after: """
        services:
          web: {image: "web:1", healthcheck: {test: ok}}
        """,
      options: { $0.gate = .ready },
      drift: { $0.change("web") { $0.health = .unhealthy } },
      plan: """
        shop: 1 step
        verify:
          1  wait  until web is ready  health gate
        """),
  ]
}
