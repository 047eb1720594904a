import SalienceShaders

/// What a compiled shader says about its storage buffers (SPIR-V 1.3, sections 2.3 and 3.20).
package enum ShaderBindings {
  /// The bindings that a kernel may write, by its file's stem; nil where there is none of that name.
  package static func written(by stem: String) -> Set<Int>? { Shaders.words(stem).map { written(by: $0) } }

  /// The bindings that some variable of the module may write: those not declared `readonly`.
  static func written(by words: UnsafeRawBufferPointer) -> Set<Int> {
    let module = words.bindMemory(to: UInt32.self)
    var bindings: [UInt32: Int] = [:]
    var pointees: [UInt32: UInt32] = [:]
    var variables: [(id: UInt32, type: UInt32)] = []
    var readOnly = Set<UInt32>()
    var at = headerWords
    while at < module.count {
      let (length, opcode) = (Int(module[at] >> 16), module[at] & 0xFFFF)
      guard length > 0, at + length <= module.count else { break }
      func operand(_ index: Int) -> UInt32 { index + 1 < length ? module[at + 1 + index] : 0 }
      switch opcode {
      case opDecorate where operand(1) == binding: bindings[operand(0)] = Int(operand(2))
      case opDecorate where operand(1) == nonWritable: readOnly.insert(operand(0))
      // A block of these shaders has one member, which GLSL's qualifier is written on.
      case opMemberDecorate where operand(2) == nonWritable: readOnly.insert(operand(0))
      case opTypePointer: pointees[operand(0)] = operand(2)
      case opVariable: variables.append((operand(1), operand(0)))
      default: break
      }
      at += length
    }
    var written = Set<Int>()
    for variable in variables {
      guard let place = bindings[variable.id] else { continue }
      let block = pointees[variable.type]
      if !readOnly.contains(variable.id), !(block.map(readOnly.contains) ?? false) { written.insert(place) }
    }
    return written
  }

  private static let headerWords = 5
  private static let (opTypePointer, opVariable): (UInt32, UInt32) = (32, 59)
  private static let (opDecorate, opMemberDecorate): (UInt32, UInt32) = (71, 72)
  private static let (nonWritable, binding): (UInt32, UInt32) = (24, 33)
}
