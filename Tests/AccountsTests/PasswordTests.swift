import Foundation
import RevisionStore
import Synchronization
import Testing

@testable import Accounts

/// S-AUTH-1, S-AUTH-2.
@Suite struct PasswordTests {
  @Test func `A password matches its hash and nothing else, also after storing`() throws {
    let hash = try PasswordHash("four walls and a roof", cost: .low, randomness: .system)
    #expect(hash.text.hasPrefix("$scrypt$ln=10,r=8,p=1$"))
    let stored = try #require(PasswordHash(text: hash.text))
    #expect(stored == hash && stored.salt.count == 16 && stored.hash.count == 32)
    #expect(stored.matches("four walls and a roof"))
    for wrong in ["four walls and a rooF", "four walls and a roof ", "", String(repeating: "x", count: 5000)] {
      #expect(!stored.matches(wrong), "\(wrong)")
    }
    #expect(try PasswordHash("four walls and a roof", cost: .low, randomness: .system).text != hash.text)
    #expect(!PasswordHash.dummy(cost: .low).matches("four walls and a roof"))
  }

  @Test func `The standard cost is that of the specification`() throws {
    #expect(PasswordCost.standard == PasswordCost(logN: 15, r: 8, p: 3))
    #expect(PasswordCost.standard.memory == 32 << 20)
    // Once: it takes a second in a debug build.
    #expect(!PasswordHash.dummy(cost: .standard).matches("four walls and a roof"))
    #expect(PasswordHash.dummy(cost: .standard).text.hasPrefix("$scrypt$ln=15,r=8,p=3$"))
  }

  @Test func `A stored hash is taken only within bounds and in its exact shape`() {
    let salt = Data(repeating: 1, count: 16).base64EncodedString().replacing("=", with: "")
    let hash = Data(repeating: 2, count: 32).base64EncodedString().replacing("=", with: "")
    #expect(PasswordHash(text: "$scrypt$ln=15,r=8,p=3$\(salt)$\(hash)") != nil)
    for numbers in [
      "ln=9,r=8,p=1", "ln=19,r=8,p=1", "ln=18,r=16,p=1", "ln=15,r=0,p=1", "ln=15,r=17,p=1", "ln=15,r=8,p=0", "ln=15,r=8,p=9",
      "ln=-15,r=8,p=1", "ln=015,r=8,p=1", "ln=9999999999,r=8,p=1", "ln=15,r=8", "ln=15,r=8,p=1,x=1", "r=8,ln=15,p=1", "",
      "ln=15,p=1,r=8", "ln= 15,r=8,p=1", "ln=１５,r=8,p=1",
    ] { #expect(PasswordHash(text: "$scrypt$\(numbers)$\(salt)$\(hash)") == nil, "\(numbers)") }
    for text in [
      "", "scrypt$ln=15,r=8,p=3$\(salt)$\(hash)", "$argon2id$ln=15,r=8,p=3$\(salt)$\(hash)", "$scrypt$ln=15,r=8,p=3$\(salt)",
      "$scrypt$ln=15,r=8,p=3$$\(hash)", "$scrypt$ln=15,r=8,p=3$\(salt)$\(hash)$", "$scrypt$ln=15,r=8,p=3$AAAA$\(hash)",
      "$scrypt$ln=15,r=8,p=3$\(salt)$AAAA", "$scrypt$ln=15,r=8,p=3$\(salt)$\(hash)=", "$scrypt$ln=15,r=8,p=3$\(salt)$!\(hash)",
    ] { #expect(PasswordHash(text: text) == nil, "\(text)") }
  }

  @Test func `Lengths count characters, and no rule is about their kind`() {
    func problem(_ text: String) -> PasswordProblem? { PasswordRule.problem(with: text, userName: "ada.lovelace") }
    #expect(problem("blue-teapot") == .tooShort)
    #expect(problem("blue-teapots") == nil)
    #expect(problem("пароль-из-слов") == nil)
    #expect(problem("🌲🏔🚲🍞🎻🧭🪟🧵🪴🦉🌊☂") == nil)
    let long = (0..<64).map { "\($0 * 7919 % 97)xk" }.joined()
    #expect(problem(String(long.prefix(256))) == nil)
    #expect(problem(String((long + long).prefix(257))) == .tooLong)
    for good in [
      "correct-horse-battery", "four walls and a roof", "test-password-one", "Tr0ub4dor&3-longer", "slipway-is-my-tool",
    ] {
      #expect(problem(good) == nil, "\(good)")
    }
  }

  @Test func `Passwords that everybody tries, names and patterns are refused`() {
    func problem(_ text: String) -> PasswordProblem? { PasswordRule.problem(with: text, userName: "ada.lovelace") }
    for name in ["ada.lovelace", "ADA.LOVELACE", "slipwayslipway", "Slipway12345", "ada.lovelace2024!"] {
      #expect(problem(name) == .isName, "\(name)")
    }
    for common in [
      "password1234", "Password1234!", "P@ssw0rd12345", "123administrator", "changeme-2024", "letmeinplease", "1q2w3e4r5t6y",
      "Welcome2024!!", "iloveyousomuch", "passwordpassword",
    ] { #expect(problem(common) == .common, "\(common)") }
    for pattern in [
      "aaaaaaaaaaaa", "abababababab", "abc1abc1abc1", "123412341234", "abcdefghijklm", "zyxwvutsrqpo", "asdfghjkl;'lkjh",
      "bananabanana", "112112112112",
    ] { #expect(problem(pattern) != nil, "\(pattern)") }
    #expect(CommonPasswords.long.count >= 200 && CommonPasswords.long.allSatisfy { $0.count >= 12 })
    #expect(CommonPasswords.words.count >= 200 && CommonPasswords.words.allSatisfy { $0 == $0.lowercased() })
  }

  /// Holds work until it is let go.
  private final class Gate: Sendable {
    private let lock = NSCondition()
    private let isOpen = Mutex(false)

    func pass() {
      lock.lock()
      while !isOpen.withLock({ $0 }) && lock.wait(until: Date(timeIntervalSinceNow: 30)) {}
      lock.unlock()
    }

    func open() {
      lock.lock()
      isOpen.withLock { $0 = true }
      lock.broadcast()
      lock.unlock()
    }
  }

  @Test func `Two hashes are made at once, 32 wait, and the next is refused at once`() async throws {
    let threads = HashingThreads(atOnce: 2, waitingLimit: 32)
    let gate = Gate()
    let answers = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<40 {
        group.addTask {
          let error = await accountError { try await threads.run { gate.pass() } }
          #expect(error == nil || error == .tooBusy(retryAfterSeconds: 2))
          return error == nil
        }
      }
      // The refused are answered while nothing goes on; only then the rest may.
      var answers: [Bool] = []
      for _ in 0..<6 { if let answer = await group.next() { answers.append(answer) } }
      #expect(answers == Array(repeating: false, count: 6))
      gate.open()
      for await answer in group { answers.append(answer) }
      return answers
    }
    #expect(answers.filter { $0 }.count == 34)
    #expect(threads.mostAtOnce == 2)
    // And again, when all threads have ended.
    #expect(try await threads.run { 7 } == 7)
  }
}
