import Foundation
import Testing

/// Commands embedded, through the server that owns the data directory, and through a server of a context: the same output.
@Suite(.enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") { BuiltSlipway.isThere }, .serialized)
struct ServedCommandTests {
  private static let compose = """
    services:
      web:
        image: slipway/base:1
        command: ["/bin/sh", "-c", "echo hello; echo again; trap exit TERM; sleep 600 & wait"]
        environment: {WORD: "${WORD:-none}"}
        configs: [{source: c, target: /c}]
        volumes: ["./page:/page:ro"]
      db:
        image: slipway/base:1
        command: ["/bin/sh", "-c", "echo ready >&2; trap exit TERM; sleep 600 & wait"]
    configs: {c: {file: ./c.txt}}
    """

  /// Each command's exit code, output and errors.
  private static let script = """
    mkdir -p page; echo page >page/index.html; echo config >c.txt; export WORD=one
    try() { echo "\\$ $*"; "$SLIPWAY" "$@" 2>errors.txt; echo "= $?"
      sed -E -e "s#$PWD#FOLDER#g" -e "s/$P/P/g" -e 's/"elapsedMilliseconds":[0-9]+/MS/; s/[0-9a-f]{12}/ID/g; s/[0-9]+\\.[0-9]s/TIME/g' errors.txt | sort; }
    # What the engine tells a moment later than it has done it: waits until COMMAND prints WORD.
    until_is() { local word=$1 left=200; shift; while [ "$("$SLIPWAY" "$@" 2>&1)" != "$word" ]; do left=$((left - 1)); [ $left -gt 0 ] || { echo "never: $word"; break; }; done; }
    try plan -p $P; try up -d -p $P; try up -d -p $P
    until_is 'hello
    again' logs -p $P --no-color --no-log-prefix web; until_is ready logs -p $P --no-color --no-log-prefix db
    try ps -p $P; try ps -p $P --services; try ls --filter name=$P -q
    try logs -p $P --no-color web; try logs -p $P -t --tail 1 db
    WORD=two; try plan -p $P --json; try deploy -p $P -m second --json
    try revisions -p $P --json; try diff 1 2 -p $P; try drift -p $P
    try rollback --dry-run -p $P; try rollback -p $P; $SLIPWAY revisions 3 -p $P | grep -vE '^(created|author|directory|  [0-9]{4})'; try drift -p $P --json
    try stop -p $P web; until_is web ps -a -p $P --services --status exited; try ps -p $P -a; try start -p $P web
    try kill -p $P db; until_is db ps -a -p $P --services --status exited; try rm -f -p $P db; try restart -p $P --json web
    echo x >>compose.yaml; try up -d -p $P; sed -i '$d' compose.yaml
    try down --dry-run -p $P; try down -p $P; try down -p $P; try ps -a -p $P
    """

  private static let containers = """
    services:
      web:
        image: slipway/base:1
        command: ["/bin/sh", "-c", "trap exit TERM; sleep 600 & wait"]
        environment: {WORD: "${WORD:-none}"}
        ports: ["127.0.0.1::80"]
        volumes: ["data:/data"]
      slow:
        image: slipway/base:1
        command: ["/bin/sh", "-c", "trap exit TERM; while [ ! -e /tmp/end ]; do sleep 0.1; done; exit 5"]
      job:
        image: slipway/base:1
        command: ["/bin/sh", "-c", "exit 3"]
    volumes: {data: {}}
    """

  /// What is asked of containers, and done in them.
  private static let containerScript = """
    export WORD=one; echo text >file; mkdir -p folder/sub; echo a >folder/sub/a
    try() { echo "\\$ $*"; "$SLIPWAY" "$@" 2>errors.txt; echo "= $?"
      sed -E -e "s#$PWD#FOLDER#g" -e "s/$P/P/g" -e 's/"elapsedMilliseconds":[0-9]+/MS/; s/[0-9a-f]{12}/ID/g; s/[0-9]+\\.[0-9]s/TIME/g' errors.txt | sort; }
    BEGIN=$(date -u +%Y-%m-%dT%H:%M:%SZ)
    try up -d -p $P; try wait -p $P job
    # At once: the engine keeps the last 256 only, and other tests make them too.
    END=$(date -u -d '+1 second' +%Y-%m-%dT%H:%M:%SZ)
    echo events; $SLIPWAY events -p $P --since $BEGIN --until $END --json job | grep -o '"action":"[^"]*"'
    try port -p $P web; try port -p $P web 80; try port -p $P web 81; try port -p $P nope
    try images -p $P; try images -p $P -q web; try images -p $P --format json
    try volumes -p $P; try volumes -p $P --json; try volumes -p $P job
    echo top; $SLIPWAY top -p $P --json web | grep -o '"CMD": "[^"]*"' | sort; try top -p $P nope
    $SLIPWAY stats --no-stream -a --format '{{.Name}}' -p $P | sort; $SLIPWAY stats --no-stream -p $P web | wc -l
    try wait -p $P nope
    try exec -p $P web sh -c 'echo out; echo err >&2; exit 4'; try exec -p $P -e A=b -w /tmp web sh -c 'echo $A; pwd; echo $WORD'
    echo typed | try exec -p $P -T web cat; try exec -p $P -d web touch /tmp/made; try exec -p $P --index 2 web true
    head -c 300000 /dev/zero | $SLIPWAY exec -p $P -T web wc -c
    $SLIPWAY exec -p $P -T web sh -c 'head -c 200000 /dev/urandom >/data/r; cat /data/r' | sha256sum >one
    $SLIPWAY exec -p $P -T web sha256sum /data/r | cut -d' ' -f1 >two; grep -c -f two one
    try -p $P run --rm web sh -c 'echo once; echo $WORD; exit 7'; echo typed | try -p $P run --rm -T -e WORD=two job sh -c 'cat; echo $WORD'
    try -p $P run --rm nope
    try cp -p $P file web:/tmp/copied; try exec -p $P web cat /tmp/copied; try cp -p $P web:/tmp/copied back; cat back
    try cp -p $P folder web:/tmp; $SLIPWAY cp -p $P web:/tmp/folder - 2>/dev/null | tar t; $SLIPWAY cp -p $P web:/nope back 2>/dev/null; echo "= $?"; try cp -p $P nope web:/tmp
    try export -p $P -o tree.tar web; tar tf tree.tar | grep -c '^etc/hostname'; try export -p $P --dry-run web
    try commit -p $P web slipway-test/$P:1; try commit -p $P --dry-run web
    try pull -p $P --policy missing; try pull -p $P --dry-run web
    printf 'services:\n  web:\n    image: 127.0.0.1:9/x/y:1\n    build: .\n  db:\n    image: slipway/base:1\n' >push.yaml
    try push -f push.yaml -p $P; try push -f push.yaml -p $P --ignore-push-failures -q; try push -f push.yaml -p $P --json db
    try push -f push.yaml -p $P --dry-run; try push -f push.yaml -p $P nope
    (sleep 1; $SLIPWAY exec -p $P slow touch /tmp/end) & try attach -p $P --no-stdin slow; wait
    try unlock --lock-id nope -p $P
    try server list; try server show nope; try server test nope; try server remove nope; try server rename nope other
    try down -p $P -v; ${ENGINE} -X DELETE "http://engine/images/slipway-test/$P:1" >/dev/null
    """

  /// What has ended already shows its lines from a second before its start on: so they come well before its end.
  private static let attached = """
    services:
      a:
        image: slipway/base:1
        command: ["/bin/sh", "-c", "echo one; echo two; sleep 1.2; exit 3"]
      b:
        image: slipway/base:1
        command: ["/bin/sh", "-c", "echo started; trap exit TERM; sleep 600 & wait"]
      c:
        image: slipway/base:1
        command: ["/bin/sh", "-c", "echo again $$; sleep 0.2; exit 1"]
    """

  /// `up` without `-d`. Lines of several containers come in any order.
  private static let attachedScript = """
    try() { echo "\\$ $*"; "$SLIPWAY" "$@" 2>errors.txt >out.txt; echo "= $?"; sort out.txt
      sed -E -e "s/$P/P/g" -e 's/"elapsedMilliseconds":[0-9]+/MS/; s/[0-9a-f]{12}/ID/g; s/[0-9]+\\.[0-9]s/TIME/g' errors.txt | sort; }
    try up -p $P --no-color a; try up -p $P --no-color a; try up -p $P a --no-log-prefix
    try up -p $P --no-color --exit-code-from a a b
    try up -d -p $P b; try up -p $P --no-color --no-attach b --abort-on-container-exit a b; try ps -a -p $P
    try up -p $P --no-color --abort-on-container-failure b c; try up -p $P --no-color --attach a --timestamps a c --exit-code-from c
    try --json up -p $P a
    "$SLIPWAY" up -p $P --no-color b >out.txt 2>errors.txt & PID=$!
    left=3000; until grep -qs started out.txt; do left=$((left - 1)); [ $left -gt 0 ] || break; sleep 0.01; done
    kill -INT $PID; wait $PID; echo $?; cat out.txt; grep -c gracefully errors.txt; try ps -a -p $P b; try up -p $P nope
    try down -p $P
    """

  /// Without what differs from run to run: names, times, ids, ports.
  ///
  /// - Parameter host: whose server keeps a copy of the files; nil: the command's own folder is the only one.
  func masked(_ text: String, _ slipway: BuiltSlipway, host: BuiltSlipway? = nil) -> String {
    let copy = (host ?? slipway).data.path + "/stacks/" + slipway.project
    return text.replacingOccurrences(of: copy, with: "FOLDER").replacingOccurrences(of: slipway.folder.path, with: "FOLDER")
      .replacingOccurrences(of: slipway.project, with: "P")
      .replacing(#/[0-9]+\.[0-9]s/#, with: "TIME")
      .replacing(#/[0-9]{4}-[0-9-]+T[0-9:.]+Z/#, with: "DATE")
      .replacing(#/(About a minute|Less than a second|[0-9]+ (seconds?|minutes?))( ago)?( +)/#, with: "AGO ")
      .replacing(#/[0-9a-f]{64}/#, with: "HASH").replacing(#/plan [0-9a-f]{12,}/#, with: "plan HASH")
      .replacing(#/127\.0\.0\.1:[0-9]+/#, with: "ADDRESS").replacing(#/"published": [0-9]+/#, with: "PORT")
      .replacing(#/slipway\.op=[^,"]*/#, with: "OPERATION")
      .replacing(#/"author": "[^"]*"/#, with: "AUTHOR").replacing(#/[0-9a-f]{12}/#, with: "ID")
      // Columns are as wide as the names in them.
      .replacing(#/ +/#, with: " ")
  }

  func output(
    _ slipway: BuiltSlipway, _ compose: String = compose, _ script: String = script, host: BuiltSlipway? = nil
  ) async throws -> [String] {
    try slipway.write(compose)
    let result = try await slipway.shell(script, seconds: 170)
    #expect(result.errors == "", "\(result.errors)")
    return masked(result.output, slipway, host: host).split(separator: "\n").map(String.init)
  }

  func expectSame(_ a: [String], _ b: [String], _ what: String) {
    for (index, (left, right)) in zip(a, b).enumerated() where left != right {
      let context = a[max(0, index - 4)..<index].joined(separator: "\n")
      Issue.record("\(what), line \(index):\n\(context)\n- \(left)\n+ \(right)")
      return
    }
    #expect(a.count == b.count, "\(what)")
  }

  @Test func `Through the server that owns the data directory, commands show what they show embedded`() async throws {
    let embedded = try BuiltSlipway()
    let wanted = try await output(embedded)
    let local = try BuiltSlipway()
    try FileManager.default.createDirectory(
      at: local.data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let server = try await ServerProcess(local)
    expectSame(wanted, try await output(local), "by the socket")
    // It was the server that wrote: its operations are there, in the name of this user.
    let operations = try await local.shell(
      "curl -s --unix-socket $SLIPWAY_DATA/slipway.sock http://slipway/api/v1/operations?limit=100 | grep -o '\"way\":\"cli\"' | wc -l"
    )
    #expect((Int(operations.output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0) >= 8, "\(operations)")
    await server.stop()
    try await local.remove()
    try await embedded.remove()
  }

  @Test func `Through a server of a context, commands show what they show embedded`() async throws {
    let embedded = try BuiltSlipway()
    let wanted = try await output(embedded)
    let remote = try BuiltSlipway()
    let host = try BuiltSlipway()
    try FileManager.default.createDirectory(
      at: host.data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let server = try await ServerProcess(host)
    let login = try await remote.shell(
      """
      printf '{"token":"%s","username":"ada","password":"correct horse battery"}' "$(cat \(host.data.path)/bootstrap-token)" |
        curl -sf -X POST -H 'Content-Type: application/json' --data-binary @- \(server.url)/api/v1/setup >/dev/null
      printf 'correct horse battery\\n' | $SLIPWAY login \(server.url) --username ada --password-stdin --name test
      stat -c %a .config/slipway/contexts.json; grep -c slw_ .config/slipway/contexts.json
      $SLIPWAY context show; $SLIPWAY context list
      """)
    #expect(login.code == 0, "\(login)")
    #expect(login.output.hasPrefix("600\n1\ntest: \(server.url)\n"), "\(login)")
    let shown = try await output(remote, host: host)
    expectSame(wanted, shown, "by a token")
    let end = try await remote.shell("$SLIPWAY logout; $SLIPWAY context show")
    #expect(end.output == "embedded: no server\n", "\(end)")
    await server.stop()
    try await remote.remove()
    try FileManager.default.removeItem(at: host.folder)
    try await embedded.remove()
  }

  func folder(_ slipway: BuiltSlipway) throws {
    try FileManager.default.createDirectory(
      at: slipway.data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  /// Makes the server's first user, an admin who may exec, and logs in as that.
  func logIn(_ slipway: BuiltSlipway, to server: ServerProcess, of host: BuiltSlipway) async throws {
    let login = try await slipway.shell(
      """
      printf '{"token":"%s","username":"ada","password":"correct horse battery"}' "$(cat \(host.data.path)/bootstrap-token)" |
        curl -sf -c jar -X POST -H 'Content-Type: application/json' --data-binary @- \(server.url)/api/v1/setup >/dev/null
      # A shell in containers is a right of its own, of admins too.
      curl -sf -b jar -X PATCH -H 'Origin: \(server.url)' -H 'Content-Type: application/json' \\
        --data-binary '{"grants":[{"role":"admin","server":null,"stack":null,"may_exec":true,"may_restore":true}]}' \(server.url)/api/v1/users/1 >/dev/null || echo no grant
      printf 'correct horse battery\\n' | $SLIPWAY login \(server.url) --username ada --password-stdin --name test
      """)
    #expect(login.code == 0, "\(login)")
  }

  @Test func `What is asked of containers and done in them is the same through a server`() async throws {
    let embedded = try BuiltSlipway()
    let wanted = try await output(embedded, Self.containers, Self.containerScript)
    let local = try BuiltSlipway()
    try folder(local)
    let owner = try await ServerProcess(local)
    expectSame(wanted, try await output(local, Self.containers, Self.containerScript), "by the socket")
    await owner.stop()
    let (remote, host) = (try BuiltSlipway(), try BuiltSlipway())
    try folder(host)
    let server = try await ServerProcess(host)
    try await logIn(remote, to: server, of: host)
    let shown = try await output(remote, Self.containers, Self.containerScript, host: host)
    expectSame(wanted, shown, "by a token")
    await server.stop()
    for slipway in [remote, local, embedded] { try await slipway.remove() }
    try FileManager.default.removeItem(at: host.folder)
  }

  @Test func `What up shows until its containers end is the same through a server`() async throws {
    let embedded = try BuiltSlipway()
    let wanted = try await output(embedded, Self.attached, Self.attachedScript)
    #expect(wanted.contains("a-1 | one") && wanted.contains("a-1 exited with code 3"), "\(wanted)")
    let local = try BuiltSlipway()
    try folder(local)
    let owner = try await ServerProcess(local)
    expectSame(wanted, try await output(local, Self.attached, Self.attachedScript), "by the socket")
    // The same socket as the address of a server.
    let remote = try BuiltSlipway()
    let script = "export SLIPWAY_URL=unix://\(local.data.path)/slipway.sock\n" + Self.attachedScript
    expectSame(wanted, try await output(remote, Self.attached, script, host: local), "through the server")
    await owner.stop()
    for slipway in [remote, local, embedded] { try await slipway.remove() }
  }

  @Test func `A command that waits for another one on its stack says for whom`() async throws {
    let slipway = try BuiltSlipway()
    try folder(slipway)
    try slipway.write(
      """
      services:
        web:
          image: slipway/base:1
          command: ["/bin/sh", "-c", "trap exit TERM; sleep 600 & wait"]
          healthcheck: {test: ["CMD", "false"], interval: 1s, retries: 1000}
      """)
    let server = try await ServerProcess(slipway)
    let result = try await slipway.shell(
      """
      until_has() { left=3000; until grep -qs "$1" $2; do left=$((left - 1)); [ $left -gt 0 ] || exit 9; sleep 0.01; done; }
      $SLIPWAY up -d --wait -p $P 2>first & FIRST=$!
      until_has Started first
      $SLIPWAY stop -p $P 2>second & SECOND=$!
      until_has waiting second
      kill -INT $FIRST; wait $FIRST; echo $?; wait $SECOND; echo $?; cat second
      """)
    #expect(result.output.hasPrefix("130\n0\nwaiting for \"deploy\" of "), "\(result)")
    #expect(result.output.contains("which works on the stack (Ctrl-C gives up)\n"), "\(result)")
    await server.stop()
    try await slipway.remove()
  }

  @Test func `What runs is adopted through the server that owns the data directory, as it is embedded`() async throws {
    let script = """
      SLIPWAY_DATA=$PWD/other "$SLIPWAY" up -d -p $P 2>/dev/null; chmod 700 "$SLIPWAY_DATA" 2>/dev/null
      "$SLIPWAY" adopt $P; echo "= $?"; "$SLIPWAY" adopt $P --take-over --json; echo "= $?"
      sed -i 's/sleep 600/sleep 601/' compose.yaml
      "$SLIPWAY" revisions -p $P --json | grep -c '"kind": "adopt"'; "$SLIPWAY" adopt $P; echo "= $?"
      "$SLIPWAY" adopt --json | grep -A12 "name.: .$P" | grep -E '"(running|web)'
      """
    let embedded = try BuiltSlipway()
    try embedded.write(Self.containers)
    let wanted = masked(try await embedded.shell(script).output, embedded).split(separator: "\n").map(String.init)
    let local = try BuiltSlipway()
    try local.write(Self.containers)
    try folder(local)
    let server = try await ServerProcess(local)
    let shown = masked(try await local.shell(script).output, local).split(separator: "\n").map(String.init)
    #expect(wanted.contains { $0.contains("\"revision\": 1") }, "\(wanted)")
    expectSame(wanted, shown, "adopt by the socket")
    await server.stop()
    try await local.remove()
    try await embedded.remove()
  }

  @Test func `A second server on a data directory is told who holds it`() async throws {
    let slipway = try BuiltSlipway()
    try FileManager.default.createDirectory(
      at: slipway.data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let server = try await ServerProcess(slipway)
    let second = try await slipway.shell("$SLIPWAY serve --data $SLIPWAY_DATA --listen 127.0.0.1:0")
    #expect(second.code == 1)
    #expect(second.errors.contains("belongs to the server that runs as process \(server.processID)"), "\(second.errors)")
    await server.stop()
    try FileManager.default.removeItem(at: slipway.folder)
  }

  @Test func `A server takes projects of its host by its socket only`() async throws {
    let slipway = try BuiltSlipway()
    try FileManager.default.createDirectory(
      at: slipway.data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let server = try await ServerProcess(slipway)
    let answer = try await slipway.shell(
      """
      printf '{"token":"%s","username":"ada","password":"correct horse battery"}' "$(cat $SLIPWAY_DATA/bootstrap-token)" |
        curl -sf -c jar -X POST -H 'Content-Type: application/json' --data-binary @- \(server.url)/api/v1/setup >/dev/null
      place='{"server":"local","author":"x","environment":{}}'
      printf '{"place":%s,"name":"shop","verb":"stop","options":{}}' "$place" >body
      curl -s -b jar -H 'Origin: \(server.url)' -H 'Content-Type: application/json' --data-binary @body \(server.url)/api/v1/projects/control
      """)
    #expect(answer.output.contains("\"local_only\""), "\(answer)")
    await server.stop()
    try FileManager.default.removeItem(at: slipway.folder)
  }

  @Test func `Ctrl-C cancels a deploy that the server does, and what it began is undone`() async throws {
    let slipway = try BuiltSlipway()
    try FileManager.default.createDirectory(
      at: slipway.data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    try slipway.write(
      """
      services:
        web:
          image: slipway/base:1
          command: ["/bin/sh", "-c", "trap exit TERM; sleep 600 & wait"]
          healthcheck: {test: ["CMD", "false"], interval: 1s, retries: 1000}
      """)
    let server = try await ServerProcess(slipway)
    let result = try await slipway.shell(
      """
      $SLIPWAY up -d --wait -p $P 2>progress & PID=$!
      until grep -qs Started progress; do :; done
      kill -INT $PID; wait $PID; echo $?; $SLIPWAY ps -aq -p $P
      """)
    #expect(result.output == "130\n", "\(result)")
    await server.stop()
    try await slipway.remove()
  }
}
