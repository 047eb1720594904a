import ArgumentParser
import SalienceCPU
import SalienceJSON

struct DevicesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "devices", abstract: "List what can run a model here, with its measured matrix-product rate.",
    discussion: "Example: salience devices --json")

  @Flag(help: "Print JSON.") var json = false
  @Flag(help: "Do not measure.") var quiet = false

  func run() async throws {
    try await reportingFailures {
      let backend = CPUBackend()
      let rate = quiet ? nil : try await backend.matrixProductRate()
      if json {
        let device: JSONValue = [
          "name": .string(backend.device.name), "details": .string(backend.device.details),
          "concurrency": .integer(backend.device.concurrency), "matmul_gflops": rate.map { .double($0) } ?? .null,
        ]
        try writeResult((["devices": .array([device])] as JSONValue).text(pretty: true))
      } else {
        let measured = rate.map { ", \(Int($0.rounded())) GFLOP/s in f32 matrix products" } ?? ""
        try writeResult("\(backend.device.name)  \(backend.device.details)\(measured)")
      }
    }
  }
}
