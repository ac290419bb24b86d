import Foundation
import Testing

/// What becomes of the way to a server: lost and found again, known by its certificate, closed to whoever has no token any more.
@Suite(.enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") { BuiltSlipway.isThere }, .serialized, .timeLimit(.minutes(3)))
struct ServedClientTests {
  private static let setUp = """
    printf '{"token":"%s","username":"ada","password":"correct horse battery"}' "$(cat "$SLIPWAY_DATA/bootstrap-token")" >setup.json
    """

  private func withHost(_ body: (BuiltSlipway) async throws -> Void) async throws {
    let slipway = try BuiltSlipway()
    try FileManager.default.createDirectory(
      at: slipway.data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    do {
      try await body(slipway)
    } catch {
      // WHY try?: the first failure is the one to show.
      try? await slipway.remove()
      throw error
    }
    try await slipway.remove()
  }

  @Test func `Followed logs go on after the server was killed and started again, each line once`() async throws {
    try await withHost { slipway in
      try slipway.write(
        """
        services:
          web:
            image: slipway/base:1
            command: ["/bin/sh", "-c", "i=1; while [ $$i -le 400 ]; do echo line $$i; i=$$((i+1)); sleep 0.05; done"]
        """)
      // All in one script: whoever is still there at its end would be waited for.
      let result = try await slipway.shell(
        """
        serve() { $SLIPWAY serve --data "$SLIPWAY_DATA" --listen $1 2>serve.log & server=$!
          for i in $(seq 200); do grep -q '^listening on' serve.log && break; sleep 0.05; done
          URL=$(sed -n 's/^listening on //p' serve.log | head -1); }
        serve 127.0.0.2:0   # the port is wanted again: no other test takes one of this address
        \(Self.setUp)
        curl -sf -X POST -H 'Content-Type: application/json' --data-binary @setup.json $URL/api/v1/setup >/dev/null
        printf 'correct horse battery\\n' | $SLIPWAY login $URL --username ada --password-stdin --name test 2>/dev/null
        $SLIPWAY up -d -p $P 2>/dev/null
        $SLIPWAY logs -f -p $P --no-color --no-log-prefix >lines 2>notes & logs=$!
        for i in $(seq 200); do [ "$(wc -l <lines)" -ge 40 ] && break; sleep 0.05; done
        kill -9 $server; wait $server; wc -l <lines
        serve ${URL#http://}
        for i in $(seq 600); do [ "$(tail -1 lines)" = 'line 400' ] && break; sleep 0.1; done
        kill $logs $server; wait $logs $server; cat notes; seq 400 | sed 's/^/line /' | diff - lines && echo whole
        """, seconds: 120)
      #expect((result.output.split(separator: "\n").first.flatMap { Int($0) } ?? 400) < 400, "\(result)")
      #expect(result.output.contains("the server is lost"), "\(result)")
      #expect(result.output.contains("the server is back"), "\(result)")
      #expect(result.output.hasSuffix("whole\n"), "\(result)")
    }
  }

  @Test func `The project of a client is the same on the server: modes, what is gone, and what counts`() async throws {
    try await withHost { slipway in
      try slipway.write(
        """
        services:
          web:
            image: slipway/base:1
            command: ["/app/run.sh"]
            labels: {note: "${NOTE-none}"}
            volumes: ["./app:/app"]
        """)
      let server = try await ServerProcess(slipway)
      let result = try await slipway.shell(
        Self.setUp + """

          curl -sf -X POST -H 'Content-Type: application/json' --data-binary @setup.json \(server.url)/api/v1/setup >/dev/null
          printf 'correct horse battery\\n' | $SLIPWAY login \(server.url) --username ada --password-stdin --name test 2>/dev/null
          mkdir app; printf '#!/bin/sh\\necho started\\nexec sleep 600\\n' >app/run.sh; chmod 755 app/run.sh; echo one >app/one; echo two >app/two
          echo NOTE=env >.env; printf 'services: {web: {labels: {over: here}}}\\n' >compose.override.yaml
          there="$SLIPWAY_DATA/stacks/$P"
          up() { $SLIPWAY up -d --wait -p $P 2>errors || cat errors >&2; }
          shown() { $SLIPWAY ps -p $P --format '{{.State}},{{.Labels}}' | tr ',' '\\n' | grep -E '^(running|note=|over=)' | sort; }
          up; shown; (cd $there && find . -type f | sort | xargs stat -c '%a %n')
          echo -- gone
          rm .env compose.override.yaml app/two; chmod 700 app/run.sh; echo changed >$there/app/one
          up; shown; (cd $there && find . -type f | sort | xargs stat -c '%a %n'); cat $there/app/one
          echo -- theirs
          printf 'services: {web: {labels: {over: theirs}}}\\n' >$there/compose.override.yaml; echo NOTE=theirs >$there/.env; echo three >app/one
          up; shown; cat $there/app/one; ls -A $there
          $SLIPWAY plan -p $P >/dev/null 2>&1; echo "plan $?"
          $SLIPWAY down -p $P 2>/dev/null
          """, seconds: 120)
      #expect(
        result.output == """
          note=env
          over=here
          running
          600 ./.env
          644 ./app/one
          755 ./app/run.sh
          644 ./app/two
          644 ./compose.override.yaml
          644 ./compose.yaml
          -- gone
          note=none
          running
          644 ./app/one
          700 ./app/run.sh
          644 ./compose.yaml
          changed
          -- theirs
          note=none
          running
          three
          .env
          app
          compose.override.yaml
          compose.yaml
          plan 0

          """, "\(result)")
      await server.stop()
    }
  }

  @Test func `What a client's project is without counts neither in the plan nor in the deploy; the nearest .env counts most`()
    async throws
  {
    try await withHost { slipway in
      try slipway.write(
        """
        services:
          web:
            image: slipway/base:1
            command: ["/bin/sh", "-c", "echo extra $$EXTRA; exec sleep 600"]
            init: true
            labels: {note: "${NOTE-none}", other: "${OTHER-none}"}
            env_file: [{path: extra.env, required: false}]
            volumes: ["./conf:/conf"]
        """)
      let server = try await ServerProcess(slipway)
      let result = try await slipway.shell(
        Self.setUp + """

          curl -sf -X POST -H 'Content-Type: application/json' --data-binary @setup.json \(server.url)/api/v1/setup >/dev/null
          printf 'correct horse battery\\n' | $SLIPWAY login \(server.url) --username ada --password-stdin --name test 2>/dev/null
          there="$SLIPWAY_DATA/stacks/$P"
          up() { $SLIPWAY up -d --wait -p $P 2>errors || cat errors >&2; }
          shown() { $SLIPWAY ps -p $P --format '{{.State}},{{.Labels}}' | tr ',' '\\n' | grep -E '^(running|note=|other=)' | sort; }
          echo EXTRA=1 >extra.env; echo content >conf; up; $SLIPWAY logs -p $P --no-color --no-log-prefix
          rm extra.env
          echo -- gone; $SLIPWAY plan -p $P --json | grep -o '"empty" *: *false' | tr -d ' '; up; $SLIPWAY logs -p $P --no-color --no-log-prefix; ls $there
          $SLIPWAY plan -p $P --json | grep -o '"empty" *: *true' | tr -d ' '
          echo -- folder; rm conf; mkdir conf; echo one >conf/a; ln -s a conf/link; up; cat $there/conf/a $there/conf/link
          rm -r conf; echo again >conf; up; cat $there/conf
          echo -- nearest; printf 'NOTE=top\\nOTHER=top\\n' >.env; mkdir sub; echo NOTE=sub >sub/.env; (cd sub; up); shown
          echo -- link; rm conf; mkdir conf; ln -s /etc/hostname conf/out; $SLIPWAY up -d -p $P 2>&1 | grep -c 'conf/out leads to /etc/hostname, which is outside'
          $SLIPWAY down -p $P 2>/dev/null
          """, seconds: 120)
      #expect(
        result.output == """
          extra 1
          -- gone
          "empty":false
          extra
          compose.yaml
          conf
          "empty":true
          -- folder
          one
          one
          again
          -- nearest
          note=sub
          other=top
          running
          -- link
          1

          """, "\(result)")
      await server.stop()
    }
  }

  @Test func `A server is known by its certificate's fingerprint, and another one gets no token`() async throws {
    try await withHost { slipway in
      // Its port is wanted again: no other test takes one of this address.
      let server = try await ServerProcess(slipway, listen: "127.0.0.3:0", options: ["--tls-self-signed"])
      let shown = try await slipway.shell(
        Self.setUp + """

          curl -skf -X POST -H 'Content-Type: application/json' --data-binary @setup.json \(server.url)/api/v1/setup >/dev/null
          PIN=$(openssl s_client -connect \(server.url.dropFirst("https://".count)) </dev/null 2>/dev/null |
            openssl x509 -noout -fingerprint -sha256 | sed 's/.*=//')
          login() { printf 'correct horse battery\\n' | $SLIPWAY login \(server.url) --username ada --password-stdin --name test "$@"; }
          login 2>refused; echo "unknown $?"; grep -c SHA256 refused
          login --fingerprint "SHA256:$PIN" 2>/dev/null; echo "pinned $?"
          $SLIPWAY context show; $SLIPWAY ls -q >/dev/null; echo "works $?"
          """)
      #expect(shown.output.contains("unknown 1\n"), "\(shown)")
      #expect(shown.output.contains("pinned 0\n"), "\(shown)")
      #expect(shown.output.contains("works 0\n"), "\(shown)")
      await server.stop()
      // Another one at the same address, which writes down all that it is sent.
      let port = try #require(server.url.split(separator: ":").last)
      let other = try await slipway.shell(
        """
        openssl req -x509 -newkey rsa:2048 -nodes -keyout other.key -out other.pem -subj /CN=127.0.0.1 -days 1 2>/dev/null
        # It ends each connection where its own input has ended: that must stay open.
        mkfifo open; exec 3<>open
        openssl s_server -accept 127.0.0.3:\(port) -cert other.pem -key other.key -quiet <open >got 2>/dev/null & S=$!
        for i in $(seq 100); do openssl s_client -connect 127.0.0.3:\(port) </dev/null >/dev/null 2>&1 && break; sleep 0.05; done
        : >got
        $SLIPWAY ls; echo "refused $?"
        kill $S; wc -c <got
        """)
      #expect(other.output == "refused 1\n0\n", "\(other)")
      #expect(other.errors.contains("is not known here: SHA256:"), "\(other)")
    }
  }

  // S-AUTH-10
  @Test func `A token that was taken back gets the way to another one`() async throws {
    try await withHost { slipway in
      let server = try await ServerProcess(slipway)
      let result = try await slipway.shell(
        Self.setUp + """

          curl -sf -c jar -X POST -H 'Content-Type: application/json' --data-binary @setup.json \(server.url)/api/v1/setup >/dev/null
          printf 'correct horse battery\\n' | $SLIPWAY login \(server.url) --username ada --password-stdin --name test 2>/dev/null
          cp -r .config kept; $SLIPWAY logout 2>/dev/null; rm -r .config; mv kept .config
          $SLIPWAY ls; echo $?
          """)
      #expect(result.output == "1\n", "\(result)")
      #expect(result.errors.contains("has expired or was taken back"), "\(result)")
      #expect(result.errors.contains("fix: log in again: slipway login \(server.url)"), "\(result)")
      await server.stop()
    }
  }
}
