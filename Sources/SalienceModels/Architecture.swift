import SalienceCheckpoints
import SalienceTensors

/// A model family: what it makes of a configuration.
public protocol Architecture: Sendable {
  /// `model_type` in config.json.
  static var modelType: String { get }
  /// Every `model_type` that is this family's; `modelType` alone unless said otherwise.
  static var modelTypes: [String] { get }
  /// What stands before the body's tensor names inside a head's class, with its dot; a bare model is stored without.
  static var basePrefix: String { get }
  /// The heads that the family has here.
  static var heads: [ModelHead] { get }
  /// Names that stand for one tensor each in a language model: first those of the word table and of the table of its
  /// outputs, where words are tied; then those of the outputs' bias.
  static var tiedNames: [[String]] { get }

  /// Parts of names of stored tensors that the family never reads, besides heads and buffers; those that transformers
  /// ignores (`_keys_to_ignore_on_load_unexpected`).
  static var unreadTensors: [String] { get }

  /// - Throws: `CheckpointError` or `ModelError` naming the key at fault.
  init(_ configuration: ModelConfiguration) throws

  /// Most tokens of a sequence.
  var maximumLength: Int { get }
  /// N of the encoder layers.
  var layerCount: Int { get }
  /// V: ids are below it.
  var vocabularySize: Int { get }
  /// Whether token types are an input of the model.
  var readsTypeIDs: Bool { get }
  /// Token types are below it, where they are an input.
  var typeCount: Int { get }
  /// Whether the model would make other use of token types than the family's own definition here.
  static var refusesTypeIDs: Bool { get }
  /// Whether a language model's outputs are products with the word table.
  var tiesWords: Bool { get }
  /// Whether a token sees nothing of those after it; a head then reads the last token's row.
  var isCausal: Bool { get }
  /// What the family's sequence classifiers read.
  var classifierReadout: Readout { get }

  /// Ids with the positions and types that the family gives them, and the row that a sequence classifier reads.
  func sequence(ids: [Int32], typeIDs: [Int32]) -> TokenSequence

  /// From ids to the last layer's rows [T x H].
  ///
  /// - Parameter values: takes the values that have names.
  func body(in plan: inout Plan, values: inout ModelValues) throws -> ValueID

  /// From the last layer's rows to C logits of each; V of them for a language model.
  func logits(_ head: ModelHead, of hidden: ValueID, in plan: inout Plan) throws -> ValueID

  /// The model as it generates; nil for a family that does not.
  func decoder() throws -> DecoderProgram?
}

extension Architecture {
  public static var modelTypes: [String] { [modelType] }
  public static var unreadTensors: [String] { [] }
  public var isCausal: Bool { false }
  public var typeCount: Int { 0 }
  public static var refusesTypeIDs: Bool { false }
  public var classifierReadout: Readout { .selectedRow }
  public func decoder() throws -> DecoderProgram? { nil }

  /// The names under which a checkpoint may hold a tensor that it holds once.
  public var sameNames: [[String]] { tiesWords ? Self.tiedNames : Array(Self.tiedNames.dropFirst()) }

  /// The family's name, as most families have it.
  public static var basePrefix: String { "\(modelType)." }

  /// - Throws: `ModelError` with code `unsupported` where the family has no such head.
  public func requireHead(_ head: ModelHead) throws {
    guard Self.heads.contains(head) else {
      throw ModelError(
        .unsupported,
        "model_type '\(Self.modelType)' is not supported with \(head.rawValue); supported are "
          + Self.heads.map(\.rawValue).joined(separator: ", "))
    }
  }

  /// Positions count from 0, and a causal model's last token is selected; families that do otherwise say so.
  public func sequence(ids: [Int32], typeIDs: [Int32]) -> TokenSequence {
    TokenSequence(
      wordIDs: ids, positionIDs: (0..<Int32(ids.count)).map { $0 },
      typeIDs: readsTypeIDs ? typeIDs : Array(repeating: 0, count: ids.count),
      selectedRow: isCausal ? max(0, ids.count - 1) : 0)
  }
}
