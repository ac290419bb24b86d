#!/usr/bin/env python3
"""api_document.py PROGRAM   starts the server on a folder of its own, writes its OpenAPI document to standard output and ends it."""

import http.client
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

START_SECONDS = 30


def ask(address):
    connection = http.client.HTTPConnection("slipway", timeout=10)
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.settimeout(10)
    connection.sock.connect(str(address))
    connection.request("GET", "/api/v1/openapi.json")
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise OSError(f"the server answers {answer.status}")
    return body


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="slipway-web-types-"))
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "DOCKER_HOST": f"unix://{folder}/no-engine.sock"}
    process = subprocess.Popen(
        [sys.argv[1], "serve", "--data", folder / "data", "--listen", "127.0.0.1:0"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                sys.stdout.buffer.write(ask(folder / "data" / "slipway.sock"))
                return
            except OSError as error:
                if time.monotonic() > end or process.poll() is not None:
                    sys.exit(f"no document: {error}")
                time.sleep(0.1)
    finally:
        process.kill()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


main()
