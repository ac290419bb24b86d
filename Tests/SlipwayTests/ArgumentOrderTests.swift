import Testing

@testable import slipway

@Suite struct ArgumentOrderTests {
  @Test(arguments: [
    (["-f", "a.yaml", "-p", "shop", "logs", "-f"], ["logs", "--file=a.yaml", "--project-name=shop", "-f"]),
    (["up", "-fa.yaml", "-pshop", "-t0", "-d"], ["up", "--file=a.yaml", "--project-name=shop", "--timeout=0", "-d"]),
    (["logs", "-n5", "web"], ["logs", "--tail=5", "web"]),
    (["logs", "-ftn5"], ["logs", "-f", "-t", "--tail=5"]),
    (["logs", "-n", "-1"], ["logs", "--tail=-1"]),
    (["logs", "--tail", "-1", "web"], ["logs", "--tail=-1", "web"]),
    (["up", "--wait-timeout", "-1"], ["up", "--wait-timeout=-1"]),
    (["stop", "-t", "-1"], ["stop", "--timeout=-1"]),
    (["stop", "-t=3"], ["stop", "--timeout=3"]),
    (["rollback", "-1", "-m", "x"], ["rollback", "--message=x", "--", "-1"]),
    (["diff", "1", "-2"], ["diff", "1", "--", "-2"]),
    (["--file=a.yaml", "config"], ["config", "--file=a.yaml"]),
    (["-f", "-", "config"], ["config", "--file=-"]),
    (["rm", "-fsv"], ["rm", "-f", "-s", "-v"]),
    (["version", "-f", "json"], ["version", "--format=json"]),
    (
      ["exec", "-T", "-eA=1", "-u", "root", "web", "ls", "-f", "-1"],
      ["exec", "-T", "--env=A=1", "--user=root", "web", "ls", "-f", "-1"]
    ),
    (["exec", "--index", "2", "web", "env"], ["exec", "--index=2", "web", "env"]),
    (
      ["run", "--rm", "-p", "8080:80", "-v/a:/b", "-e", "A=1", "-iT", "--name", "x", "web", "sh", "-p", "1"],
      [
        "run", "--rm", "--publish=8080:80", "--volume=/a:/b", "--env=A=1", "-i", "-T", "--name=x", "web", "sh", "-p", "1",
      ]
    ),
    (["-p", "shop", "run", "-dP", "web"], ["run", "--project-name=shop", "-d", "-P", "web"]),
    (["run", "-i=false", "-T=false", "web"], ["run", "--no-interactive", "web"]),
    (["commit", "-p=false", "-c", "ENV A=b", "web"], ["commit", "--no-pause", "--change=ENV A=b", "web"]),
    (["ps", "--orphans=false", "--all=true"], ["ps", "--no-orphans", "--all"]),
    (["up", "--menu=false", "-d"], ["up", "-d"]),
    (["exec", "-e", "A=false", "web", "x=true"], ["exec", "--env=A=false", "web", "x=true"]),
    (["--dry-run", "ps"], ["ps"]),
    (["--dry-run", "up"], ["up", "--dry-run"]),
    (["--parallel", "-1", "--verbose", "--no-ansi", "up"], ["up", "--parallel=-1", "--ansi=never"]),
    (["cp", "-aL", "web:/a", "-"], ["cp", "-a", "-L", "web:/a", "-"]),
    (["up", "--", "-f"], ["up", "--", "-f"]),
    (["up", "-z"], ["up", "-z"]),
    (["exec", "-T", "-u", "", "app", "id"], ["exec", "-T", "--user", "", "app", "id"]),
    (
      ["run", "--entrypoint", "", "-w=", "--user=", "web", "a="],
      ["run", "--entrypoint", "", "--workdir", "", "--user", "", "web", "a="]
    ),
    (["-p", "", "--project-directory=", "ps"], ["ps"]),
    (["--help"], ["--help"]),
    (["-v"], ["--version"]),
    (["--verbose", "--verbose", "--workdir", "/a", "ps"], ["ps", "--project-directory=/a"]),
    (["run", "-it", "web", "sh", "-t"], ["run", "-i", "-t", "web", "sh", "-t"]),
    (
      ["run", "--labels", "a=b", "--volumes=/a:/b", "web", "--labels"],
      ["run", "--label=a=b", "--volume=/a:/b", "web", "--labels"]
    ),
    (["exec", "-i=false", "--tty=false", "web", "ls"], ["exec", "--no-interactive", "--no-tty", "web", "ls"]),
    (["exec", "-t=false", "web", "ls"], ["exec", "--no-tty", "web", "ls"]),
    (["build", "--compress", "--force-rm", "--no-rm=false", "--pull=false", "web"], ["build", "web"]),
    (["build", "--parallel", "web"], ["build", "web"]),
    (["build", "--parallel", "2", "--pull=true"], ["build", "--parallel=2", "--pull"]),
    (["pull", "--no-parallel", "--parallel", "web"], ["pull", "web"]),
    (["up", "--pull=never", "--no-recreate=false", "-d=true"], ["up", "--pull=never", "-d"]),
    (["rm", "-fa", "--stop=false"], ["rm", "-f", "-a"]),
    (["down", "--volume", "--remove-orphans=true"], ["down", "--volumes", "--remove-orphans"]),
    (["logs", "-t=false", "-f=true", "web"], ["logs", "-f", "web"]),
    (["--json", "server", "list"], ["server", "list", "--json"]),
    (["server", "--json", "test", "--all"], ["server", "test", "--json", "--all"]),
    (["--server", "alpha", "ps", "-a"], ["ps", "--server=alpha", "-a"]),
    (["server"], ["server"]), (["server", "--help"], ["server", "--help"]),
  ])
  func `Compose's forms become the parser's`(given: [String], expected: [String]) {
    #expect(ArgumentOrder.normalized(given) == expected)
  }

  @Test func `Help for a command that passes its arguments on is asked for before the service`() {
    #expect(ArgumentOrder.normalized(["exec", "--help"]) == ["help", "exec"])
    #expect(ArgumentOrder.normalized(["exec", "-T", "-h"]) == ["help", "exec"])
    #expect(ArgumentOrder.normalized(["exec", "web", "ls", "--help"]) == ["exec", "web", "ls", "--help"])
  }

  @Test func `Messages are JSON where the command is asked for JSON, not where its program is`() {
    #expect(ArgumentOrder.asksForJSON(ArgumentOrder.normalized(["--json", "ps"])))
    #expect(ArgumentOrder.asksForJSON(ArgumentOrder.normalized(["ps", "--json", "web"])))
    #expect(!ArgumentOrder.asksForJSON(ArgumentOrder.normalized(["exec", "web", "ls", "--json"])))
    #expect(!ArgumentOrder.asksForJSON(ArgumentOrder.normalized(["ps", "--", "--json"])))
  }
}
