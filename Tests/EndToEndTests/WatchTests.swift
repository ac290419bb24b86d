import Foundation
import Testing

@Suite(.enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") { BuiltSlipway.isThere }, .serialized, .timeLimit(.minutes(5)))
struct WatchTests {
  private static let compose = """
    services:
      web:
        build: ./web
        stop_grace_period: 1s
        deploy: {replicas: 2}
        develop:
          watch:
            - {path: ./web/src, action: sync, target: /app/src, ignore: [tmp/], initial_sync: true}
            - {path: ./web/conf, action: sync+exec, target: /app/conf, exec: {command: "cp /app/conf/c /app/ran"}}
            - {path: ./web/Dockerfile, action: rebuild}
      job:
        image: slipway/base:1
        command: ["sh", "-c", "date +%s%N; trap exit TERM; sleep 600 & wait"]
        develop: {watch: [{path: ./job, action: sync+restart, target: /job}]}
    """

  /// Shell functions: `seen TEXT` waits until the watch has said it, `told TEXT` forgets all that it has said then;
  /// `in_web N WORDS` runs them in a replica, `there N PATH` waits until it has a file.
  private static let functions = """
    seen() { n=0; until grep -qs -- "$1" watch; do n=$((n+1)); [ $n -lt 300 ] || { echo "never told: $1"; cat watch; exit 1; }; sleep 0.1; done; }
    told() { seen "$1"; : >watch; }
    there() { n=0; until in_web $1 test -e $2; do n=$((n+1)); [ $n -lt 60 ] || { echo "never there: $2"; cat watch; exit 1; }; sleep 0.1; done; }
    in_web() { i=$1; shift; $SLIPWAY exec -T --index $i -p $P web "$@"; }
    """

  private func withWatch(_ script: String) async throws -> (code: Int32, output: String, errors: String) {
    let slipway = try BuiltSlipway()
    try slipway.write(Self.compose)
    _ = try await slipway.shell(
      """
      mkdir -p web/src/tmp web/conf job
      echo a >web/src/a; echo c >web/conf/c; echo j >job/j
      printf 'FROM slipway/base:1\\nRUN mkdir -p /app\\nCMD ["sh", "-c", "trap exit TERM; sleep 600 & wait"]\\n' >web/Dockerfile
      """)
    do {
      let result = try await slipway.shell(Self.functions + "\n" + script)
      _ = try await slipway.shell("$ENGINE -X DELETE http://engine/images/$P-web?force=1")
      try await slipway.remove()
      return result
    } catch {
      try? await slipway.remove()
      throw error
    }
  }

  @Test func `Changes are copied into every replica, removals too, and rules run, restart and rebuild`() async throws {
    let result = try await withWatch(
      """
      $SLIPWAY watch -p $P >>watch 2>&1 & pid=$!
      told 'synced: 1 copied in 2'
      in_web 1 cat /app/src/a; in_web 2 cat /app/src/a
      mkdir web/src/new; echo b >web/src/new/b; echo t >web/src/tmp/t; told synced
      sleep 0.5; : >watch
      in_web 2 ls -R /app/src
      rm -r web/src/new web/src/a; told 'removed'
      in_web 1 ls /app/src
      echo c2 >web/conf/c; told 'ran its command'
      in_web 1 cat /app/ran; in_web 2 cat /app/ran
      before=$($SLIPWAY ps -q -p $P web)
      echo j2 >job/j; told 'job  restarted'
      $SLIPWAY exec -T -p $P job cat /job/j
      echo 'ENV NEW=1' >>web/Dockerfile; told 'web  rebuilt'
      [ "$before" != "$($SLIPWAY ps -q -p $P web)" ] && echo replaced
      in_web 1 sh -c 'echo $NEW'
      kill -INT $pid; wait $pid; echo "code $?"
      """)
    #expect(
      result.output == "a\na\n/app/src:\na\nnew\n\n/app/src/new:\nb\nc2\nc2\nj2\nreplaced\n1\ncode 130\n",
      "\(result.output)\(result.errors)")
  }

  @Test func `Lost events, and a watched folder that is made anew, leave nothing old and nothing unseen`() async throws {
    let result = try await withWatch(
      """
      echo b >web/src/b
      $SLIPWAY watch -p $P >>watch 2>&1 & pid=$!
      told 'synced: 2 copied in 2'
      kill -STOP $pid
      i=0; while [ $i -lt 9000 ]; do : >web/src/x; rm web/src/x; i=$((i+1)); done
      mkdir web/src/newdir; echo 1 >web/src/newdir/first; rm web/src/b
      kill -CONT $pid
      seen 'removed in 2'; told 'looked at again'
      echo 2 >web/src/newdir/second; there 2 /app/src/newdir/second
      in_web 2 ls -R /app/src
      rm -r web/src; mkdir web/src; echo n >web/src/n; there 1 /app/src/n
      echo m >web/src/m; there 1 /app/src/m
      in_web 1 ls /app/src
      kill -INT $pid; wait $pid; echo "code $?"
      """)
    #expect(
      result.output == "/app/src:\na\nnewdir\n\n/app/src/newdir:\nfirst\nsecond\nm\nn\ncode 130\n",
      "\(result.output)\(result.errors)")
  }

  @Test func `What is removed while a container does not run waits until it does`() async throws {
    let result = try await withWatch(
      """
      echo b >web/src/b; echo k >web/src/k
      $SLIPWAY watch -p $P >>watch 2>&1 & pid=$!
      told 'synced: 3 copied in 2'
      $SLIPWAY stop -p $P -t 0 web >/dev/null 2>&1
      rm web/src/a web/src/b; told '2 removed here, not yet in .*web-1, .*web-2'
      echo b2 >web/src/b; told 'synced: 1 copied in 2'
      $SLIPWAY start -p $P web >/dev/null 2>&1
      n=0; until [ $(grep -c 'synced: 1 removed$' watch) -eq 2 ] || [ $n -gt 100 ]; do n=$((n+1)); sleep 0.1; done
      in_web 1 ls /app/src; in_web 2 ls /app/src; in_web 2 cat /app/src/b
      kill -INT $pid; wait $pid; echo "code $?"
      """)
    #expect(result.output == "b\nk\nb\nk\nb2\ncode 130\n", "\(result.output)\(result.errors)")
  }

  @Test func `Up with --watch shows logs, those of new containers too, and stops all at Ctrl-C`() async throws {
    let result = try await withWatch(
      """
      $SLIPWAY up -w -p $P >>logs 2>>watch & pid=$!
      told watching
      echo j2 >job/j; told 'job  restarted'
      n=0; until [ $(grep -c job-1 logs) -ge 2 ] || [ $n -gt 100 ]; do n=$((n+1)); sleep 0.1; done
      kill -INT $pid; wait $pid; echo "code $?"
      $SLIPWAY ps -q -p $P
      """)
    #expect(result.output == "code 130\n", "\(result.output)\(result.errors)")
  }

  @Test func `Without rules there is nothing to watch`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write("services:\n  web:\n    image: slipway/base:1\n")
    let result = try await slipway.run("watch", "-p", slipway.project)
    #expect(result.code == 1 && result.errors.contains("develop.watch"), "\(result.errors)")
    #expect(try await slipway.run("ps", "-a", "-q", "-p", slipway.project).output == "")
    try await slipway.remove()
  }
}
