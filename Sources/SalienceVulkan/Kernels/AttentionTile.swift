/// The part of attention that one group computes; see `Shaders/include/attention_tile.glsl`.
struct AttentionTile: Hashable, Sendable {
  /// A kernel that works on tiles, and how many of them it holds in shared memory.
  enum Pass: String, Sendable {
    case forward = "attention"
    case queries = "attention_backward_queries"
    case keys = "attention_backward_keys"

    /// Tiles of own rows; there are two tiles of the step's columns in every pass.
    fileprivate var ownTiles: Int { self == .forward ? 1 : 2 }
    /// Matrices [rows x columns] of weights.
    fileprivate var weights: Int { self == .keys ? 2 : 1 }
  }

  /// Tokens that a group owns.
  let rows: Int
  /// Invocations that share a row; a step has four columns for each.
  ///
  /// Depends on the device and the head size alone, because the step's length decides how sums are rounded.
  let lanes: Int

  /// Rows that tiles come with.
  static let rowChoices = [64, 32, 16, 8, 4]

  /// The largest tile of no more than `rows` rows, then all smaller ones; empty where none fits.
  static func choices(_ pass: Pass, headSize: Int, rows: Int, limits: VulkanLimits) -> ArraySlice<Self> {
    let fitting = fitting(pass, headSize: headSize, limits: limits)
    return fitting[(fitting.firstIndex { $0.rows <= rows } ?? fitting.endIndex)...]
  }

  /// The tiles that fit the device, the largest first.
  static func fitting(_ pass: Pass, headSize: Int, limits: VulkanLimits) -> [Self] {
    // More lanes read less from shared memory, as long as some rows are left to share what they read.
    let lanes = [(8, 16), (4, 8), (2, 4)].first {
      Self(rows: $1, lanes: $0).bytes(pass, headSize: headSize) <= limits.sharedMemoryBytes
    }?.0
    guard let lanes else { return [] }
    let most = min(limits.maxWorkGroupInvocations, limits.maxWorkGroupSize[0])
    return rowChoices.map { Self(rows: $0, lanes: lanes) }.filter {
      $0.bytes(pass, headSize: headSize) <= limits.sharedMemoryBytes && $0.invocations <= most
        && $0.invocations >= leastInvocations
    }
  }

  private init(rows: Int, lanes: Int) {
    self.rows = rows
    self.lanes = lanes
  }

  /// Fewer would leave most of a subgroup idle; two lanes with four rows each are the least that exist.
  private static let leastInvocations = 2

  /// Invocations of a group.
  var invocations: Int { rows / 4 * lanes }

  /// Bytes of shared memory.
  private func bytes(_ pass: Pass, headSize: Int) -> Int {
    let vectors = (headSize + 3) / 4
    let pitch = (vectors + 7) / 8 * 8
    let exchange = pass == .forward ? rows / 4 * lanes : 0
    return 16 * ((pass.ownTiles * rows + 2 * 4 * lanes) * pitch + pass.weights * rows * lanes + exchange)
  }

  /// Specialisation constants 0 to 5.
  func constants(headSize: Int, hasWindow: Bool) -> [UInt32] {
    [UInt32(invocations), headSize % 4 == 0 ? 1 : 0, UInt32(headSize), UInt32(rows), UInt32(lanes), hasWindow ? 1 : 0]
  }
}
