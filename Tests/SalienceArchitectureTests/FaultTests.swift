import SalienceTestSupport
import Testing

@Suite("Errors")
struct FaultTests {
  @Test("Every error type that others see is a Fault, so that the command line knows its exit status")
  func errorsAreFaults() throws {
    let declaration = try Regex(#"^\s*(public|package) [a-z ]*(struct|enum|class) \w+[^{]*: ([A-Za-z, ]*)"#)
    var errors: [String] = []
    var faults = 0
    for path in try Repository.files(below: "Sources", suffixes: [".swift"]) {
      for line in try Repository.text(path).split(separator: "\n") {
        guard let protocols = line.firstMatch(of: declaration)?.output[3].substring else { continue }
        let names = protocols.split { $0 == "," || $0 == " " }
        if names.contains("Error") { errors.append(path) }
        if names.contains("Fault") || names.contains("DeviceFault") { faults += 1 }
      }
    }
    // A system call's number has neither a path nor a kind before somebody says what it was to do.
    #expect(errors == ["Sources/SalienceFoundation/Files/SystemError.swift"])
    #expect(faults >= 14)
  }

  @Test("One file of the command line knows exit statuses, and only the choice of a device knows a backend's errors")
  func onePlaceEach() throws {
    func files(below folder: String, naming name: String) throws -> [String] {
      try Repository.files(below: "Sources/\(folder)", suffixes: [".swift"])
        .filter { try Repository.text($0).contains(name) }
    }
    #expect(try files(below: "SalienceCLI", naming: ": 65") == ["Sources/SalienceCLI/FailureReport.swift"])
    #expect(try files(below: "SalienceCLI", naming: "VulkanError") == [])
    #expect(try files(below: "Salience", naming: "VulkanError") == ["Sources/Salience/DeviceSelection.swift"])
  }

  @Test("Signals interrupt calls in one place")
  func interruptions() throws {
    let files = try Repository.files(below: "Sources", suffixes: [".swift"]).filter {
      try Repository.text($0).contains("EINTR")
    }
    #expect(
      files == [
        "Sources/SalienceFoundation/Files/OpenFile.swift", "Sources/SalienceFoundation/Files/SystemError.swift",
      ])
  }
}
