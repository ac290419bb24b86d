#!/usr/bin/env python3
"""stub_engine.py FOLDER COUNT: engines that have nothing, on the sockets FOLDER/1 to FOLDER/COUNT, until TERM.

Each answers a ping, lists no containers, and keeps its event stream open and silent. Prints a line when all listen; at the end
`streams N`: the most event streams that were open at once.
"""

import asyncio
import pathlib
import signal
import sys

HEAD = "HTTP/1.1 {}\r\nApi-Version: 1.41\r\nOstype: linux\r\nServer: Docker/20.10.24 (linux)\r\nContent-Type: application/json\r\n"
VERSION = '{"Version":"20.10.24","ApiVersion":"1.41","MinAPIVersion":"1.12","Os":"linux","Arch":"amd64"}'
BACKLOG = 64


class Streams:
    open = 0
    most = 0


def answer_to(path):
    if path.endswith("/_ping"):
        return "200 OK", "OK"
    if path.endswith("/version"):
        return "200 OK", VERSION
    if path.endswith("/containers/json"):
        return "200 OK", "[]"
    return "404 Not Found", '{"message":"this engine is a stub"}'


async def serve(reader, writer):
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
            status, body = answer_to(path)
            text = HEAD.format(status) + f"Content-Length: {len(body)}\r\n\r\n" + ("" if method == "HEAD" else body)
            writer.write(text.encode())
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main(folder, count):
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    servers = [await asyncio.start_unix_server(serve, folder / str(number), backlog=BACKLOG) for number in range(1, count + 1)]
    print("ready", flush=True)
    await ended.wait()
    print(f"streams {Streams.most}", flush=True)
    for server in servers:
        server.close()


asyncio.run(main(pathlib.Path(sys.argv[1]), int(sys.argv[2])))
