"""The engine's own floor: the calls that bring a project up or down, made raw over the socket and all at once.

No client can be faster than the engine answers these. Nothing is parsed, planned, waited for or recorded here.
"""

import concurrent.futures
import http.client
import json
import socket
import sys
import threading
import time

CALLS_AT_ONCE = 16          # 4 are slower, 8 to 50 make no difference

RELEASE_SECONDS = 10        # a busy engine may hold a network for a moment after the last container is gone


class EngineSocket(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path):
        super().__init__("engine", timeout=120)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Engine:
    """Calls to one engine; each thread keeps a connection of its own."""

    def __init__(self, path):
        self.path = path
        self.local = threading.local()

    def call(self, method, url, body=None):
        connection = getattr(self.local, "connection", None)
        if connection is None:
            connection = self.local.connection = EngineSocket(self.path)
        payload = None if body is None else json.dumps(body)
        connection.request(method, url, payload, {"Content-Type": "application/json"} if payload else {})
        answer = connection.getresponse()
        content = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {url}: {answer.status} {content.decode(errors='replace').strip()}")
        return json.loads(content) if content.strip() else None

    def containers(self, project, running_only=False):
        filters = json.dumps({"label": [f"com.docker.compose.project={project}"]})
        found = self.call("GET", f"/containers/json?all={0 if running_only else 1}&filters={quote(filters)}")
        return [container["Id"] for container in found]

    def remove_project(self, project):
        """Removes what is left of a project; used between the cases, never measured."""
        with concurrent.futures.ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
            list(pool.map(lambda id: self.call("DELETE", f"/containers/{id}?force=1"), self.containers(project)))
        filters = json.dumps({"label": [f"com.docker.compose.project={project}"]})
        for network in self.call("GET", f"/networks?filters={quote(filters)}"):
            try:
                self.remove_network(network["Id"])
            except RuntimeError as error:                  # it goes with the engine; what was measured stands
                print(f"left: {error}", file=sys.stderr)

    def remove_network(self, network):
        end = time.monotonic() + RELEASE_SECONDS
        while True:
            try:
                return self.call("DELETE", f"/networks/{network}")
            except RuntimeError as error:
                if "active endpoints" not in str(error) or time.monotonic() > end:
                    raise
                if time.monotonic() > end - RELEASE_SECONDS / 2:
                    self.free_lost_endpoints(network)
                time.sleep(0.02)

    def free_lost_endpoints(self, network):
        """Engines before 23 sometimes keep the endpoint of a container that is gone, and the network busy for good."""
        for member in (self.call("GET", f"/networks/{network}").get("Containers") or {}).values():
            try:
                self.call("POST", f"/networks/{network}/disconnect", {"Container": member["Name"], "Force": True})
            except RuntimeError:
                pass  # it may be free by now; the next try to remove the network tells


def quote(text):
    return "".join(c if c.isalnum() else f"%{ord(c):02X}" for c in text)


class Floor:
    """The raw project of `count` services, the same as Benchmarks/run writes into its Compose files."""

    def __init__(self, engine, project, count, image):
        self.engine, self.project, self.count, self.image = engine, project, count, image
        self.ids = []

    def up(self):
        network = f"{self.project}_default"
        labels = {"com.docker.compose.project": self.project}
        self.engine.call("POST", "/networks/create", {"Name": network, "Driver": "bridge", "CheckDuplicate": True, "Labels": labels})

        def one(number):
            service = f"s{number:02}"
            created = self.engine.call("POST", f"/containers/create?name={self.project}-{service}-1", {
                "Image": self.image,
                "Env": [f"NUMBER={number}"],
                "Labels": labels | {"com.docker.compose.service": service},
                "Healthcheck": {"Test": ["NONE"]},
                "HostConfig": {"NetworkMode": network},
                "NetworkingConfig": {"EndpointsConfig": {network: {"Aliases": [service]}}},
            })
            self.engine.call("POST", f"/containers/{created['Id']}/start")
            return created["Id"]

        with concurrent.futures.ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
            self.ids = list(pool.map(one, range(1, self.count + 1)))

    def down(self):
        def one(id):
            self.engine.call("POST", f"/containers/{id}/stop?t=10")
            self.engine.call("DELETE", f"/containers/{id}?v=0")

        with concurrent.futures.ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
            list(pool.map(one, self.ids))
        self.engine.remove_network(f"{self.project}_default")
