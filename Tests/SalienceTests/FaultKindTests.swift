import Salience
import SalienceAttribution
import SalienceCheckpoints
import SalienceDatasets
import SalienceFoundation
import SalienceJSON
import SalienceModels
import SalienceParquet
import SaliencePipeline
import SalienceReports
import SalienceTensors
import SalienceTokenizers
import SalienceVulkan
import Testing

@Suite("What kinds of fault the parts of the product throw")
struct FaultKindTests {
  static let kinds: [(any Fault, FaultKind)] =
    [
      (CheckpointError(.missing, ""), .missing), (CheckpointError(.invalid, ""), .data),
      (CheckpointError(.unsupported, ""), .data), (CheckpointError(.usage, ""), .usage),
      (DatasetError(.missingFile, ""), .missing), (DatasetError(.io, ""), .io), (DatasetError(.damaged, ""), .data),
      (DatasetError(.missingColumn, ""), .data), (DatasetError(.changed, ""), .data),
      (ModelError(.unsupported, ""), .data), (ModelError(.invalid, ""), .data),
      (TokenizerError(code: .unreadable, message: ""), .data),
      (AttributionError(.usage, ""), .usage), (AttributionError(.example, ""), .data),
      (AttributionError(.notFinite, ""), .data),
      (TensorError(.parameter, ""), .data), (TensorError(.shape, ""), .software),
      (TensorError(.backend, ""), .software), (TensorError(.capacity, ""), .software),
      (ReportError(.missingInput, ""), .missing), (ReportError(.usage, ""), .usage),
      (ReportError(.malformedTable, ""), .data), (ReportError(.nothingToCompare, ""), .data),
      (VulkanError(.deviceLost, ""), .retry), (VulkanError(.outOfDeviceMemory, ""), .retry),
      (VulkanError(.outOfHostMemory, ""), .retry), (VulkanError(.capacity, ""), .retry),
      (VulkanError(.noDevice, ""), .unavailable), (VulkanError(.shader, ""), .unavailable),
      (VulkanError(.failed, ""), .unavailable),
      (RowFailure(""), .data), (JSONError(code: .syntax, message: "", offset: 0), .data),
    ] + FaultKind.allCases.map { (PipelineError($0, ""), $0) }

  @Test("Each code has its kind", arguments: kinds.indices)
  func kind(index: Int) {
    let (fault, kind) = Self.kinds[index]
    #expect(fault.kind == kind, "\(type(of: fault))")
  }

  @Test("A device that is asked for and not there is unavailable")
  func device() {
    let error = #expect(throws: DeviceError.self) {
      _ = try Pipeline.Device.vulkanUUID(String(repeating: "0", count: 32)).backend()
    }
    #expect(error?.kind == .unavailable)
  }

  @Test("Parquet files that cannot be written are the disk's fault, others are data")
  func parquet() throws {
    let unreadable = #expect(throws: ParquetError.self) { _ = try ParquetReader(path: "/nonexistent/a") }
    #expect(unreadable?.kind == .data)
    #expect(unreadable?.description == "/nonexistent/a: cannot be opened (No such file or directory)")
  }

  @Test("Places stand before messages, causes behind them")
  func places() {
    let cause = JSONError(code: .syntax, message: "no value", offset: 3)
    let checkpoint = CheckpointError(.invalid, "bad header", file: "m.safetensors", tensor: "w\u{1B}", cause: cause)
    #expect(checkpoint.place == "m.safetensors: tensor 'w\u{1B}'" && checkpoint.cause == "no value at byte 3")
    #expect("\(checkpoint)" == "m.safetensors: tensor 'w\u{FFFD}': bad header: no value at byte 3")
    #expect("\(CheckpointError(.usage, "no"))" == "no" && CheckpointError(.usage, "no").place == nil)
    let tokenizer = TokenizerError(code: .malformed, message: "no", file: "t.json", component: "model.type")
    #expect("\(tokenizer)" == "t.json: model.type: no" && tokenizer.place == "t.json: model.type")
    #expect("\(ReportError(.usage, "a\nb", at: "c", cause: "d"))" == "c: a b (d)")
    #expect("\(PipelineError(.io, "a", at: "b", cause: "c"))" == "b: a (c)")
    #expect("\(ModelError(.invalid, "a", file: "b"))" == "b: a" && "\(DatasetError(.io, "a", file: "b"))" == "b: a")
  }
}
