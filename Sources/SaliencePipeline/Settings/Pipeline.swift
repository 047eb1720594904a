import SalienceAttribution
import SalienceDatasets
import SalienceModels
import SalienceReports
import SalienceTensors

/// What a run does: the models, the dataset, the methods and where the results go.
///
/// Relative paths of inputs are looked for beside the pipeline file, then in the working directory of the process, where
/// the outputs go.
public struct Pipeline: Sendable, Equatable {
  /// Name of the run, for people.
  public var name: String
  /// Hugging Face directories, or `org/name` in the local cache, in the order in which they are run.
  public var models: [String]
  /// What the models are asked; as their configurations say where its head is nil.
  public var task: TaskSettings
  public var dataset: Dataset
  /// One or more; ids are unique.
  public var methods: [Method]
  /// How the method is chosen when a run begins, and what was chosen; nil where methods are named.
  public var auto: AutomaticMethod?
  /// What is measured of every explanation; nil for nothing.
  public var faithfulness: Faithfulness?
  /// Which training rows are looked for behind every row's answer; nil for none.
  public var influence: TrainingInfluence?
  public var device: Device
  /// As asked for; a device that lacks it computes in f32.
  public var precision: Precision
  public var output: Output
  public var maxBadRows: BadRowLimit
  /// Where the keys were written.
  public let origins: PipelineOrigins

  public struct Dataset: Sendable, Equatable {
    /// Files and patterns; `-` alone is standard input.
    public var paths: [String]
    /// How the files are written, where they do not say it themselves.
    public var options: DatasetOptions
    public var columns: ColumnMapping
    /// Tokens an encoding holds at most; nil: as many as the model takes.
    public var maxLength: Int?
    public var overLong: OverLong

    /// Whether the texts come from standard input.
    public var isStandardInput: Bool { paths == [Self.standardInput] }
    static let standardInput = "-"
  }

  /// The training data, and how their influence is told.
  public struct TrainingInfluence: Sendable, Equatable {
    public var settings: Influence
    public var training: Dataset

    public init(settings: Influence, training: Dataset) {
      self.settings = settings
      self.training = training
    }
  }

  /// What becomes of a row with more tokens than `maxLength`.
  public enum OverLong: String, Sendable, CaseIterable {
    /// Cut to fit, with `truncated` set in the predictions.
    case truncate
    /// Put into the errors table.
    case quarantine
  }

  /// A method and what the file calls it.
  public struct Method: Sendable, Equatable {
    public let name: String
    public let method: any AttributionMethod

    /// Fills the `method` column; the name unless given.
    public var id: String { method.id }

    /// Methods are the same whose settings are.
    public static func == (a: Method, b: Method) -> Bool { a.json == b.json }
  }

  public typealias TaskSettings = SalienceAttribution.TaskSettings

  public typealias WordMerge = SalienceReports.WordMerge
  public typealias Precision = SalienceTensors.Precision

  public enum Device: Sendable, Equatable {
    case auto, cpu
    /// The best Vulkan device, or the one with that index.
    case vulkan(Int?)
    /// The Vulkan device with that UUID.
    case vulkanUUID(String)
  }

  public struct Output: Sendable, Equatable {
    public var directory: String
    /// Always holds `parquet`.
    public var formats: [Format]
    public var compression: Compression
    /// Whether the predictions hold the texts.
    public var text: Bool
    /// How scores of tokens become the score of their word; nil leaves `word_attribution` null.
    public var words: WordMerge?
  }

  public enum Format: String, Sendable, CaseIterable {
    case parquet, csv
  }

  public enum Compression: String, Sendable, CaseIterable {
    case zstd, none
  }
}
