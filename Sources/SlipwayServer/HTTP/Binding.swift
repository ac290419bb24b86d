import Glibc
import Hummingbird
import NIOCore
import NIOPosix
import ServiceLifecycle

/// A listener that says in our words why it cannot have its address.
struct Binding: ServiceLifecycle.Service {
  /// Where clients come.
  enum Place: Sendable {
    case network(ServerOptions.Listener)
    case socket(path: String)

    var address: BindAddress {
      switch self {
      case .network(let listener): .hostname(listener.host, port: listener.port)
      case .socket(let path): .unixDomainSocket(path: path)
      }
    }
  }

  let place: Place
  let service: any ServiceLifecycle.Service

  func run() async throws {
    do {
      try await service.run()
    } catch {
      throw Self.refusal(error, place) ?? error
    }
  }

  /// Takes the address for a moment, before anything else is begun that would have to end again.
  ///
  /// - Throws: `ServerRefusal`.
  static func tryOut(_ listener: ServerOptions.Listener) async throws {
    do {
      let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        // A client that comes at this moment is refused, not taken on by nobody.
        .serverChannelOption(.autoRead, value: false)
      try await bootstrap.bind(host: listener.host, port: listener.port).get().close()
    } catch {
      throw refusal(error, .network(listener)) ?? error
    }
  }

  /// Nil for what is no matter of the address.
  static func refusal(_ error: any Error, _ place: Place) -> ServerRefusal? {
    switch (error, place) {
    case (let error as IOError, .network(let listener)): refusal(error.errnoCode, listener)
    case (is SocketAddressError, .network(let listener)), (is SocketAddressError.UnknownHost, .network(let listener)):
      ServerRefusal(
        description:
          "\(listener.host) is no address of this machine: the name is not known\n  fix: give --listen an address such as 127.0.0.1:8080"
      )
    case (let error as IOError, .socket(let path)):
      ServerRefusal(
        description:
          "the socket \(path) cannot be made: \(reason(error.errnoCode))\n  fix: keep the data directory on a local file system that this user may write to"
      )
    case (is SocketAddressError, .socket(let path)):
      ServerRefusal(
        description:
          "the path of the socket \(path) is too long: at most 107 bytes\n  fix: give --data a directory with a shorter path")
    default: nil
    }
  }

  private static func refusal(_ code: CInt, _ listener: ServerOptions.Listener) -> ServerRefusal {
    let host = listener.host.contains(":") ? "[\(listener.host)]" : listener.host
    let (why, fix) =
      switch code {
      case EADDRINUSE:
        ("another program listens there already", "end that one, or give --listen another port; ss -ltnp tells who it is")
      case EACCES, EPERM:
        (
          "this user may not listen there",
          "give --listen a port of 1024 or more, or let the service manager grant CAP_NET_BIND_SERVICE"
        )
      case EADDRNOTAVAIL:
        ("that is no address of this machine", "give --listen one that ip address shows, or 127.0.0.1:\(listener.port)")
      case EAFNOSUPPORT:
        ("this machine has no such addresses", "give --listen an address of the other kind, such as 127.0.0.1:\(listener.port)")
      default: (reason(code), "give --listen another address")
      }
    return ServerRefusal(description: "the server cannot listen on \(host):\(listener.port): \(why)\n  fix: \(fix)")
  }

  private static func reason(_ code: CInt) -> String { unsafe String(cString: strerror(code)) }
}
