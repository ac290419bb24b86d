import Testing

@testable import ComposeFile

@Suite struct HashTests {
  private func value(_ json: String) throws -> ComposeValue { try ComposeValue(json: Array(json.utf8)) }

  // Hashes measured with `docker compose config --hash`, v5.6.1.
  @Test func `The hash of a service is the one of Docker Compose`() throws {
    let service = try value(
      #"{"configs":[{"source":"c"}],"image":"y","networks":{"default":null},"models":{"m":null},"depends_on":{"d":{"condition":"service_started","required":true}},"command":null,"entrypoint":null}"#
    )
    #expect(ConfigHash.service(service) == "af76bcde2447d17936ca742ab4239cb12ad83cf51a3e2632aaffbd6ab8f8841e")
  }

  @Test func `The order of keys and what needs no new container do not count`() throws {
    let a = try value(#"{"image":"x","command":null,"labels":{"b":"1","a":"2"},"scale":3,"deploy":{"replicas":3}}"#)
    let b = try value(
      #"{"deploy":{"resources":{}},"labels":{"a":"2","b":"1"},"image":"x","entrypoint":null,"build":{"context":"/x"}}"#)
    #expect(ConfigHash.service(a) == ConfigHash.service(b))
  }

  @Test func `Attributes known at creation replace those of the file`() throws {
    let canonical = try value(#"{"image":"x","network_mode":"service:db"}"#)
    let service = Service(name: "a", canonical: canonical, configHash: ConfigHash.service(canonical))
    let resolved = try value(#"{"image":"x","network_mode":"container:1"}"#)
    #expect(service.configHash(replacing: ["network_mode": .string("container:1")]) == ConfigHash.service(resolved))
    #expect(service.configHash(replacing: [:]) == service.configHash)
  }
}
