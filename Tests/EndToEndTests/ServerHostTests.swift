import Foundation
import Testing

/// What the owner of a server's data directory does on its machine: accounts, audit, copies, while a server runs and without.
@Suite(.enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") { BuiltSlipway.isThere }, .serialized, .timeLimit(.minutes(3)))
struct ServerHostTests {
  /// Starts a server in the background, as `$pid`, and waits until it serves; `$port` is where.
  private static let start = """
    "$SLIPWAY" serve --listen 127.0.0.1:0 --tls-self-signed 2>serve.log & pid=$!
    trap 'kill -9 $pid 2>/dev/null' EXIT
    until "$SLIPWAY" admin ready >/dev/null 2>&1; do kill -0 $pid || { cat serve.log >&2; exit 9; }; done
    port=$(sed -n 's/.*listening on https:..127.0.0.1:\\([0-9]*\\)$/\\1/p' serve.log)
    call() { curl -s --max-time 10 --cacert "$SLIPWAY_DATA/tls/cert.pem" -H 'Content-Type: application/json' "$@"; }
    status() { call -o /dev/null -w '%{http_code}\\n' "$@"; }
    """

  private func withFolder(_ script: String, _ check: ((code: Int32, output: String, errors: String)) -> Void) async throws {
    let slipway = try BuiltSlipway()
    defer { try? FileManager.default.removeItem(at: slipway.folder) }
    check(try await slipway.shell(script))
  }

  @Test func `An account is given back while the server runs, and its sessions end (S-AUTH-9)`() async throws {
    try await withFolder(
      Self.start + """

        login() { status -c jar -d "{\\"username\\":\\"ada\\",\\"password\\":\\"$1\\"}" https://127.0.0.1:$port/api/v1/login; }
        session() { status -b jar https://127.0.0.1:$port/api/v1/session; }
        echo 'four walls and a roof' | "$SLIPWAY" admin reset --username ada --password-stdin
        login 'four walls and a roof'
        session
        echo 'another house by the sea' | "$SLIPWAY" admin reset --password-stdin
        session
        login 'four walls and a roof'
        login 'another house by the sea'
        status -d '{"username":"eve","password":"another house by the sea"}' https://127.0.0.1:$port/api/v1/admin/reset
        status -b jar -H "Origin: https://127.0.0.1:$port" -d '{"username":"eve","password":"another house by the sea"}' \
          https://127.0.0.1:$port/api/v1/admin/reset
        "$SLIPWAY" admin users | awk '{ print $1, $2 }'
        kill $pid; wait $pid; echo "ended $?"
        "$SLIPWAY" admin ready || echo "not ready"
        """
    ) { result in
      #expect(
        result.output
          == "200\n200\n401\n401\n200\n401\n403\nNAME MAY\nada admin\nended 0\nnot ready\n", "\(result)")
    }
  }

  @Test func `Without a server the account is given back in the data directory itself`() async throws {
    try await withFolder(
      Self.start + """

        echo 'four walls and a roof' | "$SLIPWAY" admin reset --username ada --password-stdin
        kill $pid; wait $pid
        echo short | "$SLIPWAY" admin reset --username ada --password-stdin; echo "code $?"
        echo 'a third house, on a hill' | "$SLIPWAY" admin reset --password-stdin; echo "code $?"
        echo 'a third house, on a hill' | "$SLIPWAY" admin reset --data ./nowhere --password-stdin; echo "code $?"
        "$SLIPWAY" audit export | cut -d' ' -f3-
        """
    ) { result in
      #expect(result.output.hasPrefix("code 1\ncode 0\ncode 1\nlocal:"), "\(result)")
      #expect(result.output.contains("cli account.reset user:ada ok\n"))
      #expect(
        result.errors.contains("./nowhere has no data of Slipway") || result.errors.contains("nowhere has no data of Slipway"))
    }
  }

  @Test func `A changed entry of the audit log is named, and the exit code is 1 (S-AUD-2)`() async throws {
    try await withFolder(
      Self.start + """

        for name in ada bob eve; do echo 'four walls and a roof' | "$SLIPWAY" admin reset --username $name --password-stdin; done
        "$SLIPWAY" audit verify; echo "code $?"
        "$SLIPWAY" audit export --jsonl --since 1h | python3 -c 'import json, sys; print([json.loads(l)["sequence"] for l in sys.stdin])'
        "$SLIPWAY" audit export --since 2099-01-01; echo "code $?"
        kill $pid; wait $pid
        python3 - "$SLIPWAY_DATA/slipway.db" <<'CHANGE'
        sqlite3, sys = __import__("sqlite3"), __import__("sys")
        db = sqlite3.connect(sys.argv[1])
        for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'audit'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute("UPDATE audit SET target = 'user:mallory' WHERE sequence = 2")
        db.commit()
        CHANGE
        "$SLIPWAY" audit verify; echo "code $?"
        """
    ) { result in
      let lines = result.output.split(separator: "\n").map(String.init)
      #expect(
        lines == [
          "entries 1 to 3 are as they were written (1 signed heads)", "code 0", "[1, 2, 3]", "code 0", "code 1",
        ], "\(result)")
      #expect(result.errors.contains("entry 2 was changed after it was written"))
    }
  }

  @Test func `A copy that was made while the server ran is a server's data directory`() async throws {
    try await withFolder(
      Self.start + """

        echo 'four walls and a roof' | "$SLIPWAY" admin reset --username ada --password-stdin
        "$SLIPWAY" backup-data --to copy.tar --with-key; echo "code $?"
        "$SLIPWAY" restore-data --from copy.tar --data "$SLIPWAY_DATA"; echo "code $?"
        kill $pid; wait $pid
        "$SLIPWAY" restore-data --from copy.tar --data restored >/dev/null; echo "code $?"
        first=$(sed -n 's/.*SHA256:/SHA256:/p' serve.log)
        export SLIPWAY_DATA=$PWD/restored
        \(Self.start)
        call -d '{"username":"ada","password":"four walls and a roof"}' https://127.0.0.1:$port/api/v1/login | grep -o '"username":"ada"'
        [ "$first" = "$(sed -n 's/.*SHA256:/SHA256:/p' serve.log)" ] && echo "same certificate"
        "$SLIPWAY" audit verify
        kill $pid; wait $pid; echo "ended $?"
        """
    ) { result in
      #expect(result.output.contains("code 0\ncode 1\ncode 0\n"), "\(result)")
      #expect(result.output.contains("same certificate\nentries 1 to 2 are as they were written"))
      #expect(result.output.hasSuffix("ended 0\n"))
      #expect(result.errors.contains("HAS THE MASTER KEY IN IT") && result.errors.contains("a server owns"))
    }
  }
}
