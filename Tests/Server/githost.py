"""A Git host for tests: repositories on this machine, served by git's own http server."""

import base64
import http.server
import os
import subprocess
import threading


class GitHost:
    """Repositories by git's own http server, for who gives a name and a token; for all without these."""

    def __init__(self, folder, user=None, token=None):
        self.folder = folder
        self.expected = user and "Basic " + base64.b64encode(f"{user}:{token}".encode()).decode()
        self.refused = self.served = 0
        self.is_open = threading.Event()                # calls wait for it
        self.is_open.set()
        self.asked = threading.Event()                  # somebody has called
        host = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def do_GET(self):
                self.answer(b"")

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.answer(body)

            def answer(self, body):
                host.asked.set()
                host.is_open.wait(60)
                if host.expected and self.headers.get("Authorization") != host.expected:
                    host.refused += 1
                    self.send_response(401)
                    self.send_header("WWW-Authenticate", 'Basic realm="git"')
                    self.end_headers()
                    return
                host.served += 1
                path, _, query = self.path.partition("?")
                environment = {
                    "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(host.folder), "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path,
                    "QUERY_STRING": query, "REQUEST_METHOD": self.command, "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                    "CONTENT_LENGTH": str(len(body)), "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                    "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""), "REMOTE_USER": "ci", "REMOTE_ADDR": "127.0.0.1",
                    "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
                result = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True, timeout=30)
                head, _, content = result.stdout.partition(b"\r\n\r\n")
                lines = [line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line]
                fields = dict(lines)
                self.send_response(int(fields.pop("Status", "200").split()[0]))
                for name, value in fields.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Repository:
    """A bare repository `app.git` in a folder, and a copy to commit from."""

    def __init__(self, folder):
        self.bare, self.work = folder / "app.git", folder / "work"
        self.git("init", "--quiet", "--bare", "--initial-branch=main", self.bare, inside=folder)
        self.git("clone", "--quiet", self.bare, self.work, inside=folder)

    def git(self, *arguments, inside=None):
        environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_AUTHOR_NAME": "ada", "GIT_AUTHOR_EMAIL": "a@b",
                       "GIT_COMMITTER_NAME": "ada", "GIT_COMMITTER_EMAIL": "a@b", "GIT_CONFIG_NOSYSTEM": "1"}
        result = subprocess.run(["git", *map(str, arguments)], cwd=inside or self.work, env=environment, capture_output=True, text=True,
                                timeout=30)
        assert result.returncode == 0, result.stderr
        return result.stdout.strip()

    def commit(self, subject, **files):
        for name, text in files.items():
            (self.work / name.replace("__", ".")).write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", subject)
        self.git("push", "--quiet", "origin", "HEAD:main")
        return self.git("rev-parse", "HEAD")
