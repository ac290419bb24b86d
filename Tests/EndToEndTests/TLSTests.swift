import Foundation
import Testing

/// `tcp://` with mutual TLS, as Docker's own tools take it, on the engine of `scripts/engine up --tls`.
@Suite(
  .enabled("set SLIPWAY_TEST_TLS, SLIPWAY_TEST_ADDRESS, SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") {
    BuiltSlipway.isThere && ProcessInfo.processInfo.environment["SLIPWAY_TEST_TLS"] != nil
  }, .serialized, .timeLimit(.minutes(3)))
struct TLSTests {
  private let certificates = ProcessInfo.processInfo.environment["SLIPWAY_TEST_TLS"] ?? ""
  private let host = ProcessInfo.processInfo.environment["SLIPWAY_TEST_ADDRESS"] ?? ""
  private let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// What stands before each script: the engine by TLS, named by the environment.
  private var settings: String {
    """
    export DOCKER_HOST=tcp://\(host):2376 DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH=\(certificates) C=\(certificates) HELLO_PORT=0

    """
  }

  @Test func `A stack is deployed, looked into and taken down over TLS`() async throws {
    let slipway = try BuiltSlipway()
    let result = try await slipway.shell(
      settings + """
        cp -r \(repository)/stacks/hello hello; cd hello
        "$SLIPWAY" up -d -p $P || exit
        "$SLIPWAY" ps -p $P --format '{{.Service}} {{.State}}' | sort
        head -c 3000000 /dev/urandom >random
        "$SLIPWAY" exec -T -p $P web cat <random | cmp - random && echo same
        "$SLIPWAY" logs -p $P web | grep -c . >/dev/null; echo "logs $?"
        "$SLIPWAY" revisions -p $P --json | grep -c '"server": *"tcp://\(host):2376"'
        "$SLIPWAY" down -p $P -v -t 0; echo "down $?"
        """)
    #expect(result.code == 0, "\(result)")
    #expect(result.output.contains("counter running\nweb running\nsame\n") && result.output.contains("down 0"), "\(result)")
    try await slipway.remove()
  }

  @Test func `On a terminal exec gets one over TLS too, and followed logs end with the container`() async throws {
    try await BuiltSlipway.withStack { slipway in
      let result = try await slipway.shell(
        settings + """
          script -qec '$SLIPWAY exec -p $P db sh -c "tty; exit 4"; echo "code $?"' /dev/null </dev/null
          "$SLIPWAY" exec -p $P db sh -c 'echo told >/proc/1/fd/1'
          (until grep -qs told followed; do :; done; "$SLIPWAY" stop -p $P -t 0 db 2>/dev/null) &
          "$SLIPWAY" logs -f -p $P db >followed; echo "logs $?"
          wait
          """)
      #expect(result.output.contains("/dev/pts/") && result.output.contains("code 4"), "\(result)")
      #expect(result.output.contains("logs 0"), "\(result)")
    }
  }

  @Test func `Flags, variables and contexts name the certificates as for Docker's own tools`() async throws {
    let slipway = try BuiltSlipway()
    let result = try await slipway.shell(
      settings + """
        unset DOCKER_TLS_VERIFY DOCKER_CERT_PATH
        "$SLIPWAY" ps --tlsverify --tlscacert $C/ca.pem --tlscert=$C/cert.pem --tlskey $C/key.pem -q -p $P; echo "flags $?"
        "$SLIPWAY" --tls --tlscert=$C/cert.pem --tlskey $C/key.pem ps -q -p $P; echo "unverified $?"
        mkdir -p .docker; cp $C/ca.pem $C/cert.pem $C/key.pem .docker
        DOCKER_TLS_VERIFY=1 "$SLIPWAY" ps -q -p $P; echo "home $?"
        unset DOCKER_HOST
        DOCKER_TLS_VERIFY=1 "$SLIPWAY" -H tcp://\(host) ps -q -p $P; echo "port $?"
        hash=$(printf far | sha256sum | cut -d' ' -f1)
        mkdir -p .docker/contexts/meta/$hash .docker/contexts/tls/$hash/docker
        cp $C/ca.pem $C/cert.pem $C/key.pem .docker/contexts/tls/$hash/docker
        printf '{"Name":"far","Endpoints":{"docker":{"Host":"tcp://\(host):2376","SkipTLSVerify":false}}}' \
          >.docker/contexts/meta/$hash/meta.json
        DOCKER_CONTEXT=far "$SLIPWAY" ps -q -p $P; echo "context $?"
        chmod 644 .docker/key.pem
        DOCKER_TLS_VERIFY=1 "$SLIPWAY" -H tcp://\(host) ps -q -p $P; echo "open $?"
        """)
    #expect(result.output == "flags 0\nunverified 0\nhome 0\nport 0\ncontext 0\nopen 0\n", "\(result)")
    #expect(result.errors.contains("the engine's certificate is not verified"), "\(result.errors)")
    #expect(result.errors.contains("other users can read the key") && result.errors.contains("chmod 600"), "\(result.errors)")
    try FileManager.default.removeItem(at: slipway.folder)
  }

  @Test func `What is wrong is told with the way out`() async throws {
    let slipway = try BuiltSlipway()
    let result = try await slipway.shell(
      settings + """
        try() { shift; "$@" 2>&1 | tr '\\n' ' '; echo; }
        \(repository)/scripts/certificates stranger \(host) || exit
        mkdir lone mixed; cp $C/ca.pem lone; cp $C/*.pem mixed; cp stranger/key.pem mixed
        try 1 env DOCKER_CERT_PATH=nowhere "$SLIPWAY" ps -p $P
        try 2 env DOCKER_CERT_PATH=stranger "$SLIPWAY" ps -p $P
        try 3 "$SLIPWAY" --tlscert stranger/cert.pem --tlskey stranger/key.pem ps -p $P
        try 4 env DOCKER_CERT_PATH=lone "$SLIPWAY" ps -p $P
        try 5 env DOCKER_CERT_PATH=mixed "$SLIPWAY" ps -p $P
        try 6 env DOCKER_TLS_VERIFY= "$SLIPWAY" ps -p $P
        try 7 env DOCKER_TLS_VERIFY= SLIPWAY_INSECURE_TCP=1 "$SLIPWAY" ps -p $P
        try 8 env DOCKER_TLS_VERIFY= DOCKER_HOST=tcp://127.0.0.1:1 "$SLIPWAY" ps -p $P
        try 9 env DOCKER_HOST=https://\(host):2376 "$SLIPWAY" ps -p $P
        """)
    let lines = result.output.split(separator: "\n")
    try #require(lines.count == 9, "\(result)")
    #expect(lines[0].contains("there is no file nowhere/ca.pem") && lines[0].contains("docs/engines.md"))
    #expect(lines[1].contains("not signed by the authority in stranger/ca.pem"), "\(lines[1])")
    #expect(lines[2].contains("does not accept the client certificate stranger/cert.pem"), "\(lines[2])")
    #expect(lines[3].contains("it demands a client certificate, and none was given"), "\(lines[3])")
    #expect(lines[4].contains("the key mixed/key.pem does not belong to the certificate mixed/cert.pem"), "\(lines[4])")
    #expect(lines[5].contains("without TLS") && lines[5].contains("SLIPWAY_INSECURE_TCP=1"), "\(lines[5])")
    #expect(lines[6].contains("HTTP request to an HTTPS server"), "\(lines[6])")
    #expect(lines[7].contains("Connection refused"), "\(lines[7])")
    #expect(lines[8].contains("`https` addresses are not supported") && lines[8].contains("tcp://HOST:2376"), "\(lines[8])")
    try FileManager.default.removeItem(at: slipway.folder)
  }

  @Test func `A server at tcp:// is added with its certificates, and used by its name alone`() async throws {
    let slipway = try BuiltSlipway()
    let result = try await slipway.shell(
      """
      unset DOCKER_HOST DOCKER_TLS_VERIFY DOCKER_CERT_PATH
      export C=\(certificates) HELLO_PORT=0
      cp -r \(repository)/stacks/hello hello; cd hello
      mkdir own; cp $C/ca.pem $C/cert.pem $C/key.pem own; chmod 600 own/key.pem
      DOCKER_CERT_PATH=own "$SLIPWAY" server add box tcp://\(host) || exit
      rm -r own
      "$SLIPWAY" server list
      "$SLIPWAY" server show box | grep -E '^(address|login|known by|engine) '
      "$SLIPWAY" server test box
      "$SLIPWAY" server test box --json | grep -E '"(name|outcome)"' | tr -d ' \\n'; echo
      "$SLIPWAY" --server box up -d -p $P || exit
      "$SLIPWAY" ps -p $P --all-servers --format '{{.Service}} {{.State}}' | sort
      "$SLIPWAY" --server box revisions -p $P --json | grep -c '"server": *"box"'
      "$SLIPWAY" --server box down -p $P -v -t 0; echo "down $?"
      "$SLIPWAY" server rotate-key box; echo "rotate $?"
      "$SLIPWAY" server rename box crate; "$SLIPWAY" --server crate ps -q -p $P; echo "renamed $?"
      "$SLIPWAY" server remove crate; "$SLIPWAY" server list -q
      grep -rl 'PRIVATE KEY' "$SLIPWAY_DATA"; echo "sealed $?"
      """)
    let output = result.output
    #expect(result.code == 0, "\(result)")
    #expect(output.contains("added box: tcp://\(host):2376, a certificate of its authority\n"), "\(result)")
    #expect(output.contains("address      tcp://\(host):2376\nlogin        by certificate\n"), "\(result)")
    #expect(output.contains("  ok         certificates each side takes the other's"), "\(result)")
    let steps = ["connection", "certificates", "engine"].map { "\"name\":\"\($0)\",\"outcome\":\"ok\"," }.joined()
    #expect(output.contains(steps), "\(result)")
    #expect(output.contains("counter running") && output.contains("web running") && output.contains("down 0"), "\(result)")
    #expect(output.contains("rotate 1\n") && output.contains("renamed 0\n") && output.hasSuffix("sealed 1\n"), "\(result)")
    #expect(result.errors.contains("server add --replace"), "\(result.errors)")
    try await slipway.remove()
  }

  @Test func `A server at tcp:// that cannot be used is not stored, and the reason is told`() async throws {
    let slipway = try BuiltSlipway()
    let result = try await slipway.shell(
      """
      unset DOCKER_HOST DOCKER_TLS_VERIFY DOCKER_CERT_PATH
      try() { "$SLIPWAY" server add box "$@" >told 2>&1; code=$?; tr '\\n' ' ' <told; echo "code $code"; }
      C=\(certificates)
      \(repository)/scripts/certificates stranger \(host) || exit
      mkdir lone; cp $C/ca.pem lone
      export DOCKER_CERT_PATH=$C
      DOCKER_CERT_PATH=nowhere try tcp://\(host)
      DOCKER_CERT_PATH=stranger try tcp://\(host)
      try tcp://\(host) --tlscert stranger/cert.pem --tlskey stranger/key.pem
      DOCKER_CERT_PATH=lone try tcp://\(host)
      try tcp://127.0.0.1:1
      try tcp://no-such-host.invalid
      try tcp://\(host) --identity $C/key.pem --fingerprint SHA256:x
      try tcp://\(host):70000
      "$SLIPWAY" server list -q
      """)
    let lines = result.output.split(separator: "\n")
    try #require(lines.count == 8, "\(result)")
    for line in lines { #expect(line.hasSuffix("code 1"), "\(line)") }
    #expect(lines[0].contains("there is no file nowhere/ca.pem"), "\(lines[0])")
    #expect(lines[1].contains("not signed by the authority in stranger/ca.pem") && lines[1].contains("nothing was stored"))
    #expect(lines[2].contains("does not accept the client certificate stranger/cert.pem"), "\(lines[2])")
    #expect(lines[3].contains("certificates for both sides are needed"), "\(lines[3])")
    #expect(lines[4].contains("Connection refused"), "\(lines[4])")
    #expect(lines[5].contains("the name no-such-host.invalid is not known"), "\(lines[5])")
    #expect(lines[6].contains("--fingerprint, a login: only for servers over SSH"), "\(lines[6])")
    #expect(lines[7].contains("the port is not a number"), "\(lines[7])")
    try FileManager.default.removeItem(at: slipway.folder)
  }
}
