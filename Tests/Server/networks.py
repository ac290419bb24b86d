#!/usr/bin/env python3
"""networks.py   whether one container reaches another over a network (H1), on a real engine: a port that is open, one that is not, a
container in another network, one that is stopped; and what is said where the image has nothing to try it with."""

from server import Engine, Server, main, wait_until

COMPOSE = """services:
  web:
    image: slipway/base:1
    command: [sh, -c, "while true; do echo hello | nc -l -p 8080; done"]
    expose: ["8080"]
    networks: [front]
  client:
    image: slipway/base:1
    command: [sleep, infinity]
    networks: [front]
  bare:
    image: slipway/base:1
    entrypoint: [/bin/sleep]
    command: [infinity]
    networks: [front]
    environment: {PATH: /nowhere}
  apart:
    image: slipway/base:1
    command: [sleep, infinity]
    networks: [back]
networks: {front: {}, back: {}}
"""


def body(checks):
    with Engine() as engine, Server(engine=engine.address) as server:
        admin = server.set_up()
        admin.create_stack("net", COMPOSE)
        admin.deploy("net")

        def tried(source, to, port=None):
            answer = admin.post("/api/v1/servers/local/networks/net_front/connectivity",
                                json={"from": f"net-{source}-1", "to": f"net-{to}-1", "port": port})
            assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
            found = answer.json()
            found["by"] = {one["check"]: one["outcome"] for one in found["findings"]}
            return found
        with checks("H1: a port that is open is reached, and the name is found"):
            found = wait_until("the service listens", lambda: (lambda now: now if now["by"].get("port") == "ok" else None)(
                tried("client", "web")), 20)
            assert found["outcome"] == "ok" and found["address"] and found["by"]["membership"] == "ok", found
            assert found["by"]["name"] in ("ok", "unknown"), found
        with checks("H1: a port that is closed is not"):
            found = tried("client", "web", 9)
            assert found["by"]["port"] == "failed", found
        with checks("H1: without programs to try it with, nothing is claimed"):
            found = tried("bare", "web")
            assert found["outcome"] == "unknown" and found["by"]["port"] == "unknown", found
            assert any("no nc" in one["detail"] for one in found["findings"]), found
        with checks("H1: a container of another network is named"):
            found = tried("client", "apart")
            assert found["outcome"] == "failed" and found["by"]["membership"] == "failed", found
            assert any("net-apart-1" in one["detail"] for one in found["findings"]), found
        answer = admin.post("/api/v1/servers/local/containers/net-web-1/stop", json={})
        assert answer.status_code in (200, 202, 204), answer.text
        with checks("H1: one that is stopped is named"):
            found = wait_until("it is stopped", lambda: (lambda now: now if now["by"]["running"] == "failed" else None)(
                tried("client", "web")), 30)
            assert found["outcome"] == "failed", found
        with checks("S-IN-1: names and ports that are none are refused"):
            for wrong in ({"from": "a b", "to": "x"}, {"from": "net-client-1", "to": "net-web-1", "port": 0},
                          {"from": "--help", "to": "net-web-1"}, {"from": "net-client-1"}):
                answer = admin.post("/api/v1/servers/local/networks/net_front/connectivity", json=wrong)
                assert answer.status_code == 422, f"{wrong}: {answer.status_code}"
        with checks("S-AUD-1: each try is in the audit log"):
            entries = admin.get("/api/v1/audit", params={"action": "network."}).json()["items"]
            assert any(entry["detail"].get("what") == "connectivity" for entry in entries), entries[:2]


if __name__ == "__main__":
    main(body, 240)
