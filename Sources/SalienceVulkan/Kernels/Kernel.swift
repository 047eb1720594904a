/// A compute shader, by its file's stem, and the values of its specialisation constants 0, 1, 2 ….
struct Kernel: Hashable, Sendable {
  let stem: String
  var constants: [UInt32]
  /// Invocations of a subgroup, for a kernel that relies on it.
  let subgroupSize: Int?

  init(_ stem: String, _ constants: [UInt32] = [], subgroupSize: Int? = nil) {
    self.stem = stem
    self.constants = constants
    self.subgroupSize = subgroupSize
  }

  init(stem: String, constants: [UInt32]) {
    self.init(stem, constants)
  }
}
