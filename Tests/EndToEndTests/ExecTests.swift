import Foundation
import Testing

@Suite(.enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") { BuiltSlipway.isThere }, .serialized, .timeLimit(.minutes(3)))
struct ExecTests {
  @Test func `Output, errors, exit code, variables, user and folder are those of the command`() async throws {
    try await BuiltSlipway.withStack { slipway in
      let result = try await slipway.run(
        "-p", slipway.project, "exec", "-e", "A=b", "-eB=c", "-u1000", "-w", "/tmp", "db", "sh", "-c",
        "echo $A$B $(id -u) $(pwd); echo bad >&2; exit 3")
      #expect(result.code == 3 && result.output == "bc 1000 /tmp\n" && result.errors == "bad\n")
      let options = try await slipway.run("-p", slipway.project, "exec", "db", "echo", "-x", "-f", "--json")
      #expect(options.code == 0 && options.output == "-x -f --json\n", "\(options.errors)")
    }
  }

  @Test func `Standard input goes in whole, and its end ends the command's`() async throws {
    try await BuiltSlipway.withStack { slipway in
      let result = try await slipway.shell(
        """
        head -c 3000000 /dev/urandom >random
        $SLIPWAY exec -p $P -T web cat <random | cmp - random && echo same
        echo 5 6 | $SLIPWAY exec -p $P --index 2 web sh -c 'read a b; echo $((a * b))'
        """)
      #expect(result.code == 0 && result.output == "same\n30\n", "\(result.errors)")
    }
  }

  @Test func `A command, a service and a container that are not there are told apart`() async throws {
    try await BuiltSlipway.withStack { slipway in
      let p = slipway.project
      // 126 up to engine 27, 127 after it.
      #expect([126, 127].contains(try await slipway.run("exec", "-p", p, "db", "nonsense").code))
      let service = try await slipway.run("exec", "-p", p, "cache", "true")
      #expect(service.code == 1 && service.errors.contains("service \"cache\" is not running"))
      let index = try await slipway.run("exec", "-p", p, "--index", "7", "web", "true")
      #expect(index.code == 1 && index.errors.contains("its containers are #1, #2"))
      let nothing = try await slipway.run("exec", "-p", p, "web")
      #expect(nothing.code == 1 && nothing.errors.contains("Usage: slipway exec"), "\(nothing.errors)")
    }
  }

  @Test func `A command in the background is left alone`() async throws {
    try await BuiltSlipway.withStack { slipway in
      let result = try await slipway.shell(
        """
        $SLIPWAY exec -p $P -d db sh -c 'echo done >/tmp/mark'
        until [ "$($SLIPWAY exec -p $P db cat /tmp/mark 2>/dev/null)" = done ]; do :; done
        """)
      #expect(result.code == 0, "\(result.errors)")
    }
  }

  @Test func `On a terminal the command gets one of its size, and the terminal is as before afterwards`() async throws {
    try await BuiltSlipway.withStack { slipway in
      let result = try await slipway.shell(
        """
        cat >session <<'END'
        stty rows 31 cols 97
        before=$(stty -g)
        # Engines before 23 get the size a moment after the command has begun.
        $SLIPWAY exec -p $P db sh -c 'tty; until stty size 2>/dev/null | grep .; do :; done; exit 4'
        echo "code $?"
        [ "$(stty -g)" = "$before" ] && echo restored
        END
        script -qec 'sh session' /dev/null </dev/null
        """)
      #expect(result.output.contains("/dev/pts/"), "\(result.output)")
      #expect(result.output.contains("31 97"), "\(result.output)")
      #expect(result.output.contains("code 4"), "\(result.output)")
      #expect(result.output.contains("restored"), "\(result.output)")
    }
  }

  @Test func `A signal ends it, and the terminal is as before`() async throws {
    try await BuiltSlipway.withStack { slipway in
      let result = try await slipway.shell(
        """
        cat >session <<'END'
        before=$(stty -g)
        (until grep -qs ready screen; do :; done; kill -TERM $(cat pid)) &
        sh -c 'echo $$ >pid; exec $SLIPWAY exec -p $P db sh -c "echo ready; sleep 60"'
        echo "code $?"
        [ "$(stty -g)" = "$before" ] && echo restored
        END
        script -qefc 'sh session' screen </dev/null
        """)
      #expect(result.output.contains("code 143"), "\(result.output)")
      #expect(result.output.contains("restored"), "\(result.output)")
    }
  }
}
