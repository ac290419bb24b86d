import Foundation
import Testing

@Suite(.enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") { BuiltSlipway.isThere }, .serialized, .timeLimit(.minutes(5)))
struct CopyCommandTests {
  @Test func `Files, folders and links go in and out by the rules of docker cp`() async throws {
    try await BuiltSlipway.withStack { slipway in
      let result = try await slipway.shell(
        """
        mkdir -p d/sub; echo one >d/f; echo two >d/sub/g; ln -s f d/l; chmod 750 d/sub
        copy() { $SLIPWAY cp -p $P "$@" 2>>errors || echo "failed $?"; }
        copy d db:/tmp/            # into a folder
        copy d/f db:/tmp/renamed   # under another name
        copy d/. db:/tmp/new       # what is in it, as a new folder
        copy d/f db:/tmp/new/sub   # a file into a folder
        $SLIPWAY exec -p $P db sh -c 'cd /tmp; find d renamed new | sort; readlink d/l; cat renamed; stat -c %a new/sub'
        copy db:/tmp/new got; copy db:/tmp/new got; copy db:/tmp/new/. got/deep; copy db:/tmp/new/f got/g
        copy db:/tmp/new/l link; copy -L db:/tmp/new/l file
        find got | sort; readlink link; cat file got/g
        """)
      #expect(
        result.output == """
          d
          d/f
          d/l
          d/sub
          d/sub/g
          new
          new/f
          new/l
          new/sub
          new/sub/f
          new/sub/g
          renamed
          f
          one
          750
          got
          got/deep
          got/deep/f
          got/deep/l
          got/deep/sub
          got/deep/sub/f
          got/deep/sub/g
          got/f
          got/g
          got/l
          got/new
          got/new/f
          got/new/l
          got/new/sub
          got/new/sub/f
          got/new/sub/g
          got/sub
          got/sub/f
          got/sub/g
          f
          one
          one

          """, "\(result.output)")
      let errors = try String(contentsOf: slipway.folder.appendingPathComponent("errors"), encoding: .utf8)
      #expect(errors.contains(" \(slipway.project)-db-1  Copied d to \(slipway.project)-db-1:/tmp/\n"), "\(errors)")
    }
  }

  @Test func `A big file goes both ways whole, and an archive through standard input and output`() async throws {
    try await BuiltSlipway.withStack { slipway in
      let result = try await slipway.shell(
        """
        head -c 50000000 /dev/urandom >big
        $SLIPWAY cp -p $P big db:/tmp/ 2>>errors && $SLIPWAY cp -p $P db:/tmp/big back 2>>errors && cmp big back && echo same
        mkdir t; echo x >t/a; tar c t | $SLIPWAY cp -p $P - db:/tmp 2>>errors
        $SLIPWAY cp -p $P db:/tmp/t - 2>>errors | tar t
        """)
      #expect(result.output == "same\nt/\nt/a\n", "\(result.output) \(result.errors)")
    }
  }

  @Test func `All containers get a copy, or the one that is chosen; out comes the first's`() async throws {
    try await BuiltSlipway.withStack { slipway in
      let p = slipway.project
      let result = try await slipway.shell(
        """
        echo a >a; echo b >b
        $SLIPWAY cp -p $P a web:/tmp/x 2>>errors; $SLIPWAY cp -p $P --index 2 b web:/tmp/x 2>>errors
        $SLIPWAY exec -p $P --index 1 web cat /tmp/x; $SLIPWAY exec -p $P --index 2 web cat /tmp/x
        $SLIPWAY cp -p $P web:/tmp/x o 2>>errors; cat o
        $SLIPWAY stop -p $P web 2>>errors; $SLIPWAY cp -p $P web:/tmp/x stopped 2>>errors; cat stopped
        """)
      #expect(result.output == "a\nb\na\na\n", "\(result.output) \(result.errors)")
      #expect(try await slipway.run("cp", "-p", p, "--dry-run", "a", "web:/tmp/y").errors.contains("Would copy"))
      let missing = try await slipway.run("cp", "-p", p, "a", "cache:/tmp")
      #expect(missing.code == 1 && missing.errors.contains("no container found for service \"cache\""))
    }
  }

  @Test func `What cannot be copied is told, and changes nothing`() async throws {
    try await BuiltSlipway.withStack { slipway in
      let p = slipway.project
      _ = try await slipway.shell("mkdir d; echo x >d/f; echo y >g")
      for (arguments, message) in [
        (["d", "db:/bin/sh"], "is a folder"), (["d/nope", "db:/tmp"], "no such file"), (["g", "db:/nosuch/x"], "/nosuch"),
        (["db:/nosuch", "x"], "/nosuch"), (["db:/bin", "g"], "is a folder"), (["db:/bin/sh", "nosuch/x"], "does not exist"),
        (["db:/bin", "web:/tmp"], "between services"), (["a", "b"], "SERVICE:PATH"), (["g", "db:/tmp/new/"], "does not exist"),
        (["--index", "7", "g", "db:/tmp"], "#7"),
      ] {
        let result = try await slipway.shell("$SLIPWAY cp -p \(p) \(arguments.joined(separator: " "))")
        #expect(result.code == 1 && result.errors.contains(message), "\(arguments): \(result.errors)")
      }
    }
  }

  @Test func `Devices and pipes of this machine stay what they are, and a link leads to what is written`() async throws {
    try await BuiltSlipway.withStack { slipway in
      let result = try await slipway.shell(
        """
        mknod null c 1 3; mkfifo pipe; echo old >target; ln -s target link; mkdir sticky; chmod 1777 sticky
        for to in null pipe link; do $SLIPWAY cp -p $P db:/etc/hostname $to 2>>errors; echo "$to $?"; done
        stat -c '%F' null pipe link; test "$(cat target)" != old && echo written
        $SLIPWAY cp -p $P sticky db:/tmp/ 2>>errors; $SLIPWAY cp -p $P db:/tmp/sticky back 2>>errors; stat -c %a back
        """)
      #expect(
        result.output == """
          null 1
          pipe 1
          link 0
          character special file
          fifo
          symbolic link
          written
          1777

          """, "\(result.output)")
    }
  }

  @Test func `An archive that would leave its folder is refused`() async throws {
    try await BuiltSlipway.withStack { slipway in
      let result = try await slipway.shell(
        """
        mkdir s; echo x >s/f; ln -s /etc s/l
        tar c --transform 's,^s,../escape,' s 2>/dev/null | $SLIPWAY cp -p $P - db:/tmp; echo "code $?"
        tar cP --transform 's,^s,/escape,' s | $SLIPWAY cp -p $P - db:/tmp; echo "code $?"
        mkfifo s/p; tar c s | $SLIPWAY cp -p $P - db:/tmp; echo "code $?"
        rm s/p; tar cz s | $SLIPWAY cp -p $P - db:/tmp; echo "code $?"
        tar c s | head -c 700 | $SLIPWAY cp -p $P - db:/tmp; echo "code $?"
        $SLIPWAY exec -p $P db sh -c 'ls -d /escape /tmp/escape 2>/dev/null'
        """)
      #expect(result.output == String(repeating: "code 1\n", count: 5), "\(result.output)")
      for word in ["leads out", "absolute", "FIFO", "plain tar", "ends early"] {
        #expect(result.errors.contains(word), "\(word): \(result.errors)")
      }
    }
  }
}
