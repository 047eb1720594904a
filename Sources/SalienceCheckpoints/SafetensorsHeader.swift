import SalienceJSON
import SalienceTensors

/// One tensor as a safetensors header describes it.
struct TensorEntry: Sendable {
  /// The file's own name of the element type, such as `F32` or `I64`.
  let storedType: String
  let shape: [Int]
  /// Offsets in bytes from the file's beginning.
  let range: Range<Int>

  var count: Int { shape.reduce(1, *) }
}

/// The header of a safetensors file: 8 bytes of length, then JSON that names every tensor's type, shape and bytes.
///
/// Format: https://huggingface.co/docs/safetensors, "Format".
struct SafetensorsHeader: Sendable {
  /// The format's own limit on the header's JSON, in bytes.
  static let maximumLength = 100_000_000
  /// Where the length ends and the JSON begins.
  static let prefixLength = 8

  let tensors: [String: TensorEntry]

  /// Reads and checks a file's header.
  ///
  /// The tensors must cover the bytes after the header exactly: no hole, no overlap, no trailing or missing data.
  /// - Throws: `CheckpointError` `invalid`.
  init(_ file: CheckpointFile) throws {
    func invalid(_ message: String, tensor: String? = nil, cause: (any Error)? = nil) -> CheckpointError {
      CheckpointError(.invalid, message, file: file.path, tensor: tensor, cause: cause)
    }
    guard file.count >= Self.prefixLength else {
      throw invalid("truncated: \(file.count) bytes are too few for a safetensors header")
    }
    let claim = try file.bytes(0..<Self.prefixLength).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard claim <= Self.maximumLength else {
      throw invalid("not a safetensors file: a header of \(claim) bytes is over the limit of \(Self.maximumLength)")
    }
    let start = Self.prefixLength + Int(claim)
    guard start <= file.count else {
      throw invalid("truncated: the header should end at byte \(start), the file ends at byte \(file.count)")
    }
    let header = try file.bytes(Self.prefixLength..<start)
    let json: JSONValue
    do {
      json = try JSONValue(parsing: header, rejectingDuplicateNames: true)
    } catch {
      throw invalid("bad header", cause: error)
    }
    guard let members = json.objectValue else { throw invalid("bad header: expected an object") }
    var tensors: [String: TensorEntry] = [:]
    for member in members {
      if member.name == "__metadata__" {
        guard let pairs = member.value.objectValue, pairs.allSatisfy({ $0.value.stringValue != nil }) else {
          throw invalid("bad header: __metadata__ must map strings to strings")
        }
        continue
      }
      do {
        let entry = try TensorEntry(member.value, dataStart: start, fileCount: file.count)
        if tensors.updateValue(entry, forKey: member.name) != nil {
          throw HeaderFault(reason: "its name stands twice in the header")
        }
      } catch let fault as HeaderFault {
        throw invalid(fault.reason, tensor: member.name)
      }
    }
    self.tensors = tensors
    if let fault = Self.coverageFault(of: tensors, from: start, to: file.count) {
      throw invalid(fault.reason, tensor: fault.tensor)
    }
  }

  /// The first place where the tensors do not cover `start..<end` exactly once.
  private static func coverageFault(
    of tensors: [String: TensorEntry], from start: Int, to end: Int
  ) -> (reason: String, tensor: String?)? {
    let ordered = tensors.sorted {
      ($0.value.range.lowerBound, $0.value.range.upperBound, $0.key)
        < ($1.value.range.lowerBound, $1.value.range.upperBound, $1.key)
    }
    var position = start
    var previous: (name: String, range: Range<Int>)?
    for (name, entry) in ordered {
      if let previous, entry.range == previous.range, !entry.range.isEmpty {
        return ("shares its bytes with tensor '\(previous.name)'", name)
      }
      if entry.range.lowerBound < position {
        return ("begins at byte \(entry.range.lowerBound), inside tensor '\(previous?.name ?? "")'", name)
      }
      if entry.range.lowerBound > position {
        return ("bytes \(position) to \(entry.range.lowerBound) before it belong to no tensor", name)
      }
      position = entry.range.upperBound
      previous = (name, entry.range)
    }
    return position == end ? nil : ("\(end - position) bytes after the last tensor, from byte \(position)", nil)
  }
}

/// A reason that still lacks its file and tensor.
private struct HeaderFault: Error {
  let reason: String
}

extension TensorEntry {
  /// Reads a header's entry; extra fields are ignored.
  fileprivate init(_ json: JSONValue, dataStart: Int, fileCount: Int) throws {
    guard let storedType = json["dtype"]?.stringValue else { throw HeaderFault(reason: "dtype must be a string") }
    guard let sizes = json["shape"]?.arrayValue else { throw HeaderFault(reason: "shape must be an array") }
    var count = 1
    let shape = try sizes.map { size in
      guard let size = size.intValue, size >= 0 else {
        throw HeaderFault(reason: "a size in its shape is not a whole number")
      }
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      if overflow { throw HeaderFault(reason: "its shape overflows") }
      count = product
      return size
    }
    guard let offsets = json["data_offsets"]?.arrayValue, offsets.count == 2, let begin = offsets[0].intValue,
      let end = offsets[1].intValue, begin >= 0, begin <= end
    else { throw HeaderFault(reason: "data_offsets must be two ascending offsets") }
    guard end <= fileCount - dataStart else {
      throw HeaderFault(
        reason: "truncated: its bytes \(begin) to \(end) run past the \(fileCount - dataStart) bytes of data")
    }
    // A type that is not known here is left alone until somebody reads it.
    if let bits = Self.bits(of: storedType) {
      let (product, overflow) = count.multipliedReportingOverflow(by: bits)
      if overflow { throw HeaderFault(reason: "its shape overflows") }
      guard product % 8 == 0, product / 8 == end - begin else {
        throw HeaderFault(reason: "\(end - begin) bytes do not hold \(count) elements of \(storedType)")
      }
    }
    self.init(storedType: storedType, shape: shape, range: dataStart + begin..<dataStart + end)
  }

  private static func bits(of storedType: String) -> Int? {
    switch storedType {
    case "F4": 4
    case "F6_E2M3", "F6_E3M2": 6
    case "BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0": 8
    case "U16", "I16", "F16", "BF16": 16
    case "U32", "I32", "F32": 32
    case "U64", "I64", "F64", "C64": 64
    default: nil
    }
  }
}
