/// A compute shader, by its file's stem, and the values of its specialisation constants 0, 1, 2 ….
struct Kernel: Hashable, Sendable {
  let stem: String
  var constants: [UInt32]

  init(_ stem: String, _ constants: [UInt32] = []) {
    self.stem = stem
    self.constants = constants
  }

  init(stem: String, constants: [UInt32]) {
    self.init(stem, constants)
  }
}
