#!/usr/bin/env python3
"""stub_engine.py FOLDER COUNT [STACKS CONTAINERS]: engines on the sockets FOLDER/1 to FOLDER/COUNT, until TERM.

Each answers a ping, lists STACKS stacks of CONTAINERS containers (nothing, when not given), and keeps its event stream open and silent.
Prints a line when all listen; at the end `streams N`: the most event streams that were open at once.
"""

import asyncio
import functools
import hashlib
import json
import pathlib
import signal
import sys

HEAD = "HTTP/1.1 {}\r\nApi-Version: 1.41\r\nOstype: linux\r\nServer: Docker/20.10.24 (linux)\r\nContent-Type: application/json\r\n"
VERSION = '{"Version":"20.10.24","ApiVersion":"1.41","MinAPIVersion":"1.12","Os":"linux","Arch":"amd64"}'
BACKLOG = 64


class Streams:
    open = 0
    most = 0


def container(engine, stack, number):
    name = f"stack-{stack:02}-{engine:03}"
    labels = {"com.docker.compose.project": name, "com.docker.compose.service": f"service-{number}", "com.docker.compose.container-number": "1",
              "com.docker.compose.oneoff": "False", "com.docker.compose.config-hash": digest(name), "com.docker.compose.version": "5.6.1",
              "com.docker.compose.project.working_dir": f"/srv/stacks/{name}", "com.docker.compose.project.config_files": f"/srv/stacks/{name}/compose.yaml"}
    network = {"NetworkID": digest(f"net {name}"), "EndpointID": digest(f"end {name}"), "Gateway": "172.18.0.1", "IPAddress": f"172.18.0.{number + 1}",
               "IPPrefixLen": 16, "MacAddress": "02:42:ac:12:00:02", "Aliases": None, "Links": None, "IPAMConfig": None, "DriverOpts": None}
    return {"Id": digest(f"{name} {number}"), "Names": [f"/{name}-service-{number}-1"], "Image": "registry.example/group/image:1.4.2",
            "ImageID": "sha256:" + digest("image"), "Command": "/usr/bin/entrypoint --serve", "Created": 1790000000, "State": "running",
            "Status": "Up 3 hours (healthy)", "Ports": [{"PrivatePort": 8080, "Type": "tcp"}], "Labels": labels, "Mounts": [],
            "HostConfig": {"NetworkMode": f"{name}_default"}, "NetworkSettings": {"Networks": {f"{name}_default": network}}}


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


@functools.cache
def listing(engine, stacks, containers):
    return json.dumps([container(engine, stack, number) for stack in range(1, stacks + 1) for number in range(1, containers + 1)])


def answer_to(path, engine, stacks, containers):
    if path.endswith("/_ping"):
        return "200 OK", "OK"
    if path.endswith("/version"):
        return "200 OK", VERSION
    if path.endswith("/containers/json"):
        return "200 OK", listing(engine, stacks, containers)
    return "404 Not Found", '{"message":"this engine is a stub"}'


async def serve(what, reader, writer):
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
            path = target.split("?")[0]
            if path.endswith("/events"):
                writer.write((HEAD.format("200 OK") + "Transfer-Encoding: chunked\r\n\r\n").encode())
                Streams.open += 1
                Streams.most = max(Streams.most, Streams.open)
                try:
                    await reader.read(1)          # nothing more is asked here: this is the end of the connection
                finally:
                    Streams.open -= 1
                return
            status, body = answer_to(path, *what)
            text = HEAD.format(status) + f"Content-Length: {len(body)}\r\n\r\n" + ("" if method == "HEAD" else body)
            writer.write(text.encode())
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main(folder, count, stacks=0, containers=0):
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    servers = [await asyncio.start_unix_server(functools.partial(serve, (number, stacks, containers)), folder / str(number), backlog=BACKLOG)
               for number in range(1, count + 1)]
    print("ready", flush=True)
    await ended.wait()
    print(f"streams {Streams.most}", flush=True)
    for server in servers:
        server.close()


asyncio.run(main(pathlib.Path(sys.argv[1]), *map(int, sys.argv[2:])))
