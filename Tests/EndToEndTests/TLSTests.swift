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
}
