import SalienceCheckpoints
import SalienceTestSupport
import Testing

@Suite struct SafetensorsHeaderTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  func error(of bytes: [UInt8]) throws -> CheckpointError? {
    let path = try directory.write("x.safetensors", bytes)
    return #expect(throws: CheckpointError.self) { try SafetensorsParameters(files: [path]) }
  }

  static func tensor(_ name: String, _ shape: String, _ begin: Int, _ end: Int, type: String = "F32") -> String {
    #""\#(name)":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":[\#(begin),\#(end)]}"#
  }

  static let unsound: [(fault: String, members: String, data: Int, message: String)] = [
    ("overlap", tensor("a", "[2]", 0, 8) + "," + tensor("b", "[2]", 4, 12), 12, "inside tensor 'a'"),
    ("hole", tensor("a", "[1]", 0, 4) + "," + tensor("b", "[1]", 8, 12), 12, "belong to no tensor"),
    ("hole at the beginning", tensor("a", "[1]", 4, 8), 8, "belong to no tensor"),
    ("shared range", tensor("a", "[1]", 0, 4) + "," + tensor("b", "[1]", 0, 4), 4, "shares its bytes with tensor 'a'"),
    ("trailing data", tensor("a", "[1]", 0, 4), 5, "1 bytes after the last tensor"),
    ("missing data", tensor("a", "[2]", 0, 8), 7, "truncated"),
    ("no tensors but data", "", 1, "1 bytes after the last tensor"),
    ("duplicate key", tensor("a", "[1]", 0, 4) + "," + tensor("a", "[1]", 4, 8), 8, "twice"),
    ("duplicate field", #""a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}"#, 4, "twice"),
    ("overflowing shape", tensor("a", "[4294967296,4294967296]", 0, 4), 4, "overflows"),
    ("overflowing size in bits", tensor("a", "[2305843009213693952]", 0, 4), 4, "overflows"),
    ("size over 64 bits", tensor("a", "[18446744073709551617]", 0, 4), 4, "whole number"),
    ("negative size", tensor("a", "[-1,-1]", 0, 4), 4, "whole number"),
    ("fractional size", tensor("a", "[1.5]", 0, 4), 4, "whole number"),
    ("descending offsets", tensor("a", "[1]", 4, 0), 4, "ascending"),
    ("negative offset", tensor("a", "[1]", -4, 0), 4, "ascending"),
    ("huge offset", tensor("a", "[1]", Int.max - 4, Int.max), 4, "run past"),
    ("wrong size", tensor("a", "[2]", 0, 4), 4, "4 bytes do not hold 2 elements of F32"),
    ("wrong size of integers", tensor("a", "[2]", 0, 4, type: "I64"), 4, "4 bytes do not hold 2 elements of I64"),
    ("three offsets", #""a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}"#, 4, "data_offsets"),
    ("no offsets", #""a":{"dtype":"F32","shape":[1]}"#, 4, "data_offsets"),
    ("no shape", #""a":{"dtype":"F32","data_offsets":[0,4]}"#, 4, "shape must be an array"),
    ("no dtype", #""a":{"shape":[1],"data_offsets":[0,4]}"#, 4, "dtype must be a string"),
    ("tensor is no object", #""a":[]"#, 0, "dtype"),
    ("metadata is no map", #""__metadata__":{"a":1}"#, 0, "__metadata__"),
    ("lone surrogate", #""\ud800":{}"#, 0, "lone surrogate"),
    ("trailing comma", tensor("a", "[1]", 0, 4) + ",", 4, "bad header"),
    ("deep", #""a":"# + String(repeating: "[", count: 100_000), 0, "nested deeper"),
  ]

  @Test(arguments: unsound.map { Named($0.fault, $0) })
  func rejects(header: Named<(fault: String, members: String, data: Int, message: String)>) throws {
    let (fault, members, data, message) = header.value
    let error = try error(of: safetensors("{" + members + "}", data: data))
    #expect(error?.code == .invalid)
    #expect(error?.description.contains(message) == true, "\(fault): \(String(describing: error))")
    #expect(error?.file?.hasSuffix("x.safetensors") == true)
  }

  @Test func rejectsBadLengths() throws {
    for count in 0..<8 {
      #expect(try error(of: [UInt8](repeating: 0, count: count))?.message.contains("truncated") == true)
    }
    #expect(try error(of: littleEndian(UInt64(0)))?.message.contains("bad header") == true)
    #expect(try error(of: littleEndian(UInt64(3)) + Array("{}".utf8))?.message.contains("truncated") == true)
    #expect(try error(of: littleEndian(UInt64(100_000_001)) + [0])?.message.contains("over the limit") == true)
    #expect(try error(of: littleEndian(UInt64.max) + Array("{}".utf8))?.message.contains("over the limit") == true)
    #expect(try error(of: littleEndian(UInt64(100_000_000)) + [0])?.message.contains("truncated") == true)
  }

  @Test func rejectsBadUTF8() throws {
    let header = Array(#"{"a"#.utf8) + [0xFF] + Array(#"":{}}"#.utf8)
    let error = try error(of: littleEndian(UInt64(header.count)) + header)
    #expect(error?.description.contains("invalid UTF-8 at byte 3") == true)
  }

  @Test func rejectsEveryTruncation() throws {
    let header = "{" + Self.tensor("a", "[2]", 0, 8) + "," + Self.tensor("b", "[]", 8, 12) + "}"
    let whole = safetensors(header, data: 12)
    for count in 0..<whole.count { #expect(try error(of: Array(whole[..<count]))?.code == .invalid) }
  }

  @Test(arguments: [
    "", tensor("a", "[0]", 0, 0), #""__metadata__":{"format":"pt"}"#,
    #""a":{"extra":{"b":[1]},"dtype":"F32","shape":[0],"data_offsets":[0,0]}"#,
    tensor("a", "[3,0]", 0, 0) + "," + tensor("b", "[0]", 0, 0), tensor("a", "[7]", 0, 0, type: "NEW"),
  ])
  func acceptsSoundHeaders(members: String) throws {
    for spaces in ["", " ", "\n\t  "] {
      let path = try directory.write("x.safetensors", safetensors(spaces + "{" + members + "}" + spaces))
      #expect(throws: Never.self) { try SafetensorsParameters(files: [path]) }
    }
  }

  @Test func survivesEveryByteChange() throws {
    let header = "{" + Self.tensor("a", "[2]", 0, 8) + "," + Self.tensor("b", "[1,1]", 8, 12) + "}"
    let whole = safetensors(header, data: 12)
    var rejected = 0
    for position in whole.indices {
      for change: UInt8 in [0x01, 0x02, 0x10, 0x80, 0xFF] {
        var bytes = whole
        bytes[position] ^= change
        let path = try directory.write("x.safetensors", bytes)
        do {
          let parameters = try SafetensorsParameters(files: [path])
          for name in parameters.names where parameters.storedType(of: name) != nil {
            try parameters.validateFinite([name])
          }
        } catch is CheckpointError {
          rejected += 1
        }
      }
    }
    #expect(rejected > whole.count)
  }

  @Test func escapesNamesInMessages() throws {
    let error = try error(of: safetensors(#"{"a\n\u001b[31m":{}}"#))
    #expect(error?.description.unicodeScalars.contains { $0.properties.generalCategory == .control } == false)
  }
}
