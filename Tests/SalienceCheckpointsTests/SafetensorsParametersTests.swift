import Foundation
import SalienceCheckpoints
import SalienceTensors
import SalienceTestSupport
import Testing

@Suite struct SafetensorsParametersTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  func open(_ bytes: [UInt8]) throws -> SafetensorsParameters {
    try SafetensorsParameters(files: [directory.write("model.safetensors", bytes)])
  }

  func values(_ name: String, of parameters: SafetensorsParameters) throws -> [Float] {
    let count = try #require(parameters.shape(of: name)).reduce(1, *)
    var values = [Float](repeating: -1, count: count)
    try values.withUnsafeMutableBufferPointer { try parameters.read(name, into: $0) }
    return values
  }

  /// What safetensors 0.8.0 of Python wrote for F32, F16, BF16 and I64 tensors, an empty one and a scalar.
  static let written = """
    iAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJwdCJ9LCJwb3NpdGlvbl9pZHMiOnsiZHR5cGUiOiJJNjQiLCJzaGFw
    ZSI6WzEsM10sImRhdGFfb2Zmc2V0cyI6WzAsMjRdfSwiZW1wdHkiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzAsNF0sImRhdGFf
    b2Zmc2V0cyI6WzI0LDI0XX0sInNjYWxhciI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbXSwiZGF0YV9vZmZzZXRzIjpbMjQsMjhd
    fSwidzMyIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlsyLDNdLCJkYXRhX29mZnNldHMiOlsyOCw1Ml19LCJ3YiI6eyJkdHlwZSI6
    IkJGMTYiLCJzaGFwZSI6WzRdLCJkYXRhX29mZnNldHMiOls1Miw2MF19LCJ3MTYiOnsiZHR5cGUiOiJGMTYiLCJzaGFwZSI6Wzdd
    LCJkYXRhX29mZnNldHMiOls2MCw3NF19fQAAAAAAAAAAAQAAAAAAAAACAAAAAAAAAAAA4EAAAMA/AAAQwOaxYX8BAAAAzczMPQAA
    AICAP0nAYn8BAAA8ALj/ewEA/wMAfAB+
    """

  @Test func readsWhatPythonWrote() throws {
    let bytes = try #require(Data(base64Encoded: Self.written, options: .ignoreUnknownCharacters))
    let parameters = try open(Array(bytes))
    #expect(parameters.names == ["empty", "position_ids", "scalar", "w16", "w32", "wb"])
    #expect(parameters.shape(of: "w32") == [2, 3])
    #expect(parameters.shape(of: "scalar") == [])
    #expect(parameters.shape(of: "none") == nil)
    #expect(parameters.storedType(of: "wb") == .bfloat16)
    #expect(parameters.storedType(of: "position_ids") == nil)
    #expect(
      try values("w32", of: parameters).map(\.bitPattern) == [
        0x3FC0_0000, 0xC010_0000, 0x7F61_B1E6, 0x1, 0x3DCC_CCCD, 0x8000_0000,
      ])
    let halves = try values("w16", of: parameters)
    #expect(
      halves.dropLast().map(\.bitPattern) == [
        0x3F80_0000, 0xBF00_0000, 0x477F_E000, 0x3380_0000, 0x387F_C000, 0x7F80_0000,
      ])
    #expect(halves.last?.isNaN == true)
    #expect(try values("wb", of: parameters).map(\.bitPattern) == [0x3F80_0000, 0xC049_0000, 0x7F62_0000, 0x1_0000])
    #expect(try values("scalar", of: parameters) == [7])
    #expect(try values("empty", of: parameters) == [])
    let error = #expect(throws: CheckpointError.self) { try values("position_ids", of: parameters) }
    #expect(error?.code == .unsupported)
  }

  @Test func equalTensorsHaveTypeShapeAndBytes() throws {
    let header =
      #"{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"F16","shape":[2],"data_offsets":[4,8]},"#
      + #""c":{"dtype":"BF16","shape":[2],"data_offsets":[8,12]},"d":{"dtype":"F16","shape":[2],"data_offsets":[12,16]},"#
      + #""e":{"dtype":"F16","shape":[1,2],"data_offsets":[16,20]},"f":{"dtype":"I16","shape":[2],"data_offsets":[20,24]}}"#
    let parameters = try open(
      safetensors(header, data: [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 5, 1, 2, 3, 4, 1, 2, 3, 4]))
    #expect(try parameters.areEqual("a", "b"))
    for other in ["c", "d", "e"] { #expect(try !parameters.areEqual("a", other)) }
    #expect(throws: CheckpointError.self) { try parameters.areEqual("a", "f") }
  }

  @Test func widensEveryHalfExactly() throws {
    let data = (0...UInt16.max).flatMap(littleEndian)
    let header =
      #"{"h":{"dtype":"F16","shape":[65536],"data_offsets":[0,131072]},"#
      + #""b":{"dtype":"BF16","shape":[65536],"data_offsets":[131072,262144]}}"#
    let parameters = try open(safetensors(header, data: data + data))
    let halves = try values("h", of: parameters)
    let brains = try values("b", of: parameters)
    for bits in 0...UInt16.max {
      let half = halves[Int(bits)]
      let expected = Float(Float16(bitPattern: bits))
      #expect(expected.isNaN ? half.isNaN : half.bitPattern == expected.bitPattern)
      #expect(brains[Int(bits)].bitPattern == UInt32(bits) << 16)
    }
  }

  @Test func readsUnalignedData() throws {
    let header = #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} "#
    for padding in 0..<8 {
      let spaces = String(repeating: " ", count: padding)
      let data = littleEndian(Float(1.5).bitPattern) + littleEndian(Float(-2).bitPattern)
      #expect(try values("a", of: open(safetensors(header + spaces, data: data))) == [1.5, -2])
    }
  }

  @Test(arguments: [
    ("F32", 4, 0x7F80_0000 as UInt32), ("F32", 4, 0xFF80_0000), ("F32", 4, 0x7F80_0001), ("F16", 2, 0x7C00),
    ("F16", 2, 0xFE00), ("BF16", 2, 0x7F80), ("BF16", 2, 0xFFC0),
  ])
  func namesTheTensorThatIsNotFinite(type: String, size: Int, bits: UInt32) throws {
    let header =
      #"{"good":{"dtype":"\#(type)","shape":[3],"data_offsets":[0,\#(3 * size)]},"#
      + #""bad":{"dtype":"\#(type)","shape":[3],"data_offsets":[\#(3 * size),\#(6 * size)]}}"#
    var data = [UInt8](repeating: 0, count: 6 * size)
    data.replaceSubrange(4 * size..<5 * size, with: littleEndian(bits).prefix(size))
    let parameters = try open(safetensors(header, data: data))
    try parameters.validateFinite(["good"])
    let error = #expect(throws: CheckpointError.self) { try parameters.validateFinite(["good", "bad"]) }
    #expect(error?.tensor == "bad")
    #expect(error?.message == "NaN or infinity at element 1")
  }

  @Test func largestFiniteValuesAreFinite() throws {
    let header =
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F16","shape":[1],"#
      + #""data_offsets":[4,6]},"c":{"dtype":"BF16","shape":[1],"data_offsets":[6,8]}}"#
    let data = littleEndian(UInt32(0x7F7F_FFFF)) + littleEndian(UInt16(0x7BFF)) + littleEndian(UInt16(0x7F7F))
    try open(safetensors(header, data: data)).validateFinite(["a", "b", "c"])
  }

  @Test(arguments: [("F32", 4), ("F16", 2), ("BF16", 2)])
  func namesTheTensorOfAFileCutShortAfterOpening(type: String, size: Int) throws {
    let count = 400_000
    let header =
      #"{"first":{"dtype":"\#(type)","shape":[\#(count)],"data_offsets":[0,\#(count * size)]},"#
      + #""last":{"dtype":"\#(type)","shape":[4],"data_offsets":[\#(count * size),\#((count + 4) * size)]}}"#
    let whole = safetensors(header, data: (count + 4) * size)
    let parameters = try open(whole)
    let path = directory.path + "/model.safetensors"
    try parameters.validateFinite(["first", "last"])
    // In the last tensor, in the middle of the first one, and before all data.
    for (end, tensor) in [(whole.count - 1, "last"), (whole.count / 2, "first"), (100, "first")] {
      #expect(truncate(path, end) == 0)
      for attempt in [{ _ = try values(tensor, of: parameters) }, { try parameters.validateFinite([tensor]) }] {
        let error = try #require(throws: CheckpointError.self) { try attempt() }
        #expect(error.code == .invalid)
        #expect(error.file == path && error.tensor == tensor)
        #expect(error.message == "cut short while it was read: \(whole.count) bytes when it was opened, now \(end)")
      }
    }
  }

  @Test func refusesBuffersOfAnotherSize() throws {
    let parameters = try open(safetensors(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, data: 8))
    var values = [Float](repeating: 0, count: 3)
    let error = #expect(throws: CheckpointError.self) {
      try values.withUnsafeMutableBufferPointer { try parameters.read("a", into: $0) }
    }
    #expect(error?.tensor == "a")
    #expect(throws: CheckpointError.self) {
      try values.withUnsafeMutableBufferPointer { try parameters.read("b", into: $0) }
    }
  }
}
