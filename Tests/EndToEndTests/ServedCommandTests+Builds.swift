import Foundation
import Testing

/// Builds, and watches that build, in the three places.
extension ServedCommandTests {
  private static let builds = """
    services:
      web:
        build: {context: ./web, args: {GREETING: "${WORD:-none}"}}
        command: ["/bin/sh", "-c", "trap exit TERM; sleep 600 & wait"]
        depends_on: [base]
      base:
        image: slipway-test/${P}:base
        build:
          context: ./base
          dockerfile_inline: |
            FROM slipway/base:1
            ENV OF=${P}
            COPY . /files
        command: ["/bin/sh", "-c", "trap exit TERM; sleep 600 & wait"]
      job:
        image: slipway/base:1
        command: ["true"]
        profiles: [never]
    """

  /// Each image has the project's name in it, so that no step comes from the cache of another run.
  private static let buildScript = """
    export WORD=one; mkdir -p web/skipped base
    dockerfile() { printf 'FROM slipway/base:1\\nENV PROJECT=%s\\nARG GREETING\\nENV GREETING=$GREETING\\nCOPY . /app\\n%s\\n' $P "$1" >web/Dockerfile; }
    dockerfile; echo text >web/file; echo no >web/skipped/file; printf 'skipped\\n' >web/.dockerignore; echo base >base/file
    try() { echo "\\$ $*"; "$SLIPWAY" "$@" 2>errors.txt; echo "= $?"
      sed -E -e "s#$PWD#FOLDER#g" -e "s/$P/P/g" -e 's/"elapsedMilliseconds":[0-9]+/MS/; s/[0-9a-f]{12}/ID/g; s/[0-9]+\\.[0-9]s/TIME/g' errors.txt | sort; }
    try build -p $P --dry-run; try build -p $P --with-dependencies web; try build -p $P --json --quiet; try build -p $P job; try build -p $P nope
    try build -p $P --no-cache --build-arg GREETING=two --memory 64m web
    try -p $P run --rm --no-deps web sh -c 'echo $GREETING; ls -a /app'
    dockerfile 'RUN exit 7'; try build -p $P --json -q web; try up -d -p $P --build; try ps -a -p $P; try revisions -p $P --json
    rm web/Dockerfile; try build -p $P; try up -d -p $P --build; try plan -p $P --build; try -p $P run --rm --build web true
    echo '!!' >web/.dockerignore; dockerfile; echo '[' >>web/.dockerignore; try build -p $P web; rm web/.dockerignore
    ${ENGINE} -X DELETE "http://engine/images/$P-web?force=1" >/dev/null; ${ENGINE} -X DELETE "http://engine/images/slipway-test/$P:base?force=1" >/dev/null
    dockerfile 'RUN echo new'; try plan -p $P; try plan -p $P --json; try up -d -p $P; try up -d -p $P; try exec -p $P web sh -c 'echo $GREETING; cat /app/file'
    echo other >web/file; try up -d -p $P --build --quiet-build; try exec -p $P web cat /app/file
    try revisions -p $P --json; ${ENGINE} -X DELETE "http://engine/images/$P-web?force=1" >/dev/null; try up -d -p $P --no-build --force-recreate web
    try -p $P run --rm --build --no-deps web cat /app/file; try create -p $P --build --force-recreate
    try down -p $P --rmi local
    """

  private func everywhere(
    _ compose: String, _ script: String, _ check: ([String]) -> Void = { _ in }
  ) async throws {
    func files(of slipway: BuiltSlipway) -> String { compose.replacingOccurrences(of: "${P}", with: slipway.project) }
    let embedded = try BuiltSlipway()
    let wanted = try await output(embedded, files(of: embedded), script)
    check(wanted)
    let local = try BuiltSlipway()
    try folder(local)
    let owner = try await ServerProcess(local)
    expectSame(wanted, try await output(local, files(of: local), script), "by the socket")
    await owner.stop()
    let (remote, host) = (try BuiltSlipway(), try BuiltSlipway())
    try folder(host)
    let server = try await ServerProcess(host)
    try await logIn(remote, to: server, of: host)
    expectSame(wanted, try await output(remote, files(of: remote), script, host: host), "by a token")
    await server.stop()
    for slipway in [remote, local, embedded] { try await slipway.remove() }
    try FileManager.default.removeItem(at: host.folder)
  }

  @Test func `Images are built through a server as they are embedded, by themselves and for a deploy`() async throws {
    try await everywhere(Self.builds, Self.buildScript) { lines in
      #expect(lines.contains { $0.contains("web | Step 1/9 : FROM slipway/base:1") }, "\(lines)")
      #expect(lines.contains { $0.contains("returned a non-zero code: 7") }, "\(lines)")
    }
  }

  private static let watched = """
    services:
      web:
        build: ./web
        stop_grace_period: 1s
        command: ["sh", "-c", "trap exit TERM; sleep 600 & wait"]
        deploy: {replicas: 2}
        develop:
          watch:
            - {path: ./web/src, action: sync, target: /app/src, ignore: [tmp/], initial_sync: true}
            - {path: ./web/conf, action: sync+exec, target: /app/conf, exec: {command: "cp /app/conf/c /app/ran"}}
            - {path: ./web/bad, action: sync+exec, target: /app/bad, exec: {command: "false"}}
            - {path: ./web/Dockerfile, action: rebuild}
      job:
        image: slipway/base:1
        command: ["sh", "-c", "trap exit TERM; sleep 600 & wait"]
        develop: {watch: [{path: ./job, action: sync+restart, target: /job}]}
    """

  /// What the watch says is shown part by part, as it is said.
  private static let watchScript = """
    mkdir -p web/src/tmp web/conf web/bad job; echo a >web/src/a; echo c >web/conf/c; echo j >job/j; echo b >web/bad/b
    printf 'FROM slipway/base:1\\nENV PROJECT=%s\\nRUN mkdir -p /app\\n' $P >web/Dockerfile
    told() { n=0; until grep -qs -- "$1" watch; do n=$((n+1)); [ $n -lt 400 ] || { echo "never told: $1"; cat watch; exit 1; }; sleep 0.1; done
      sed -E -e "s#$PWD#FOLDER#g" -e "s/$P/P/g" -e 's/[0-9a-f]{12}/ID/g' watch | grep -vE 'TIME|[0-9]s$' | sort; : >watch; }
    in_web() { i=$1; shift; $SLIPWAY exec -T --index $i -p $P web "$@"; }
    $SLIPWAY watch -p $P --dry-run; : >watch
    $SLIPWAY watch -p $P >>watch 2>&1 & pid=$!
    told 'synced: 1 copied in 2'; in_web 1 cat /app/src/a; in_web 2 cat /app/src/a
    mkdir web/src/new; echo b >web/src/new/b; echo t >web/src/tmp/t; told synced; in_web 2 ls -R /app/src
    rm -r web/src/a; told 'removed'; in_web 1 ls /app/src
    echo c2 >web/conf/c; told 'ran its command'; in_web 1 cat /app/ran; in_web 2 cat /app/ran
    echo b2 >web/bad/b; told 'ended with 1'
    before=$($SLIPWAY ps -q -p $P web)
    echo j2 >job/j; told 'job  restarted'; $SLIPWAY exec -T -p $P job cat /job/j
    echo 'ENV NEW=1' >>web/Dockerfile; told 'web  rebuilt'; [ "$before" != "$($SLIPWAY ps -q -p $P web)" ] && echo replaced; in_web 1 sh -c 'echo $NEW'
    echo 'RUN exit 3' >>web/Dockerfile; told 'non-zero code: 3'; in_web 1 sh -c 'echo $NEW'
    $SLIPWAY stop -p $P -t 0 web 2>/dev/null; rm web/src/new/b; told '1 removed here, not yet in'
    kill -INT $pid; wait $pid; echo "code $?"; $SLIPWAY revisions -p $P | wc -l
    $SLIPWAY watch -p $P --no-up >>watch 2>&1 & pid=$!; told watching
    sed -i '$d' web/Dockerfile; echo 'RUN echo begun; sleep 300' >>web/Dockerfile; n=0; until grep -qs 'Running in' watch; do n=$((n+1)); [ $n -lt 300 ] || break; sleep 0.1; done
    kill -INT $pid; wait $pid; echo "code $?"
    n=0; while ${ENGINE} http://engine/containers/json | grep -q 'begun; sleep 300'; do n=$((n+1)); [ $n -lt 300 ] || { echo still building; break; }; sleep 0.1; done
    $SLIPWAY down -p $P --rmi local 2>/dev/null
    """

  @Test func `Files are watched through a server as they are embedded`() async throws {
    try await everywhere(Self.watched, Self.watchScript) { lines in
      #expect(lines.contains("replaced") && lines.contains("code 130"), "\(lines)")
    }
  }

  @Test func `Ctrl-C ends a build that the server does, in the engine too`() async throws {
    let (remote, host) = (try BuiltSlipway(), try BuiltSlipway())
    try folder(host)
    let server = try await ServerProcess(host)
    try await logIn(remote, to: server, of: host)
    try remote.write(
      "services:\n  web:\n    build:\n      context: .\n      dockerfile_inline: \"FROM slipway/base:1\\nRUN echo \(remote.project); sleep 300\\n\"\n"
    )
    let result = try await remote.shell(
      """
      $SLIPWAY build -p $P 2>progress & PID=$!
      until grep -qs 'Running in' progress; do :; done
      kill -INT $PID; wait $PID; echo $?
      while $ENGINE http://engine/containers/json | grep -q "echo $P; sleep 300"; do :; done
      """)
    #expect(result.output == "130\n", "\(result)")
    await server.stop()
    try await remote.remove()
    try FileManager.default.removeItem(at: host.folder)
  }
}
