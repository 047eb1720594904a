import SalienceJSON
import SalienceModels
import SalienceTensors

/// A method whose scores are made of what a text's tokens attend to: one forward pass unless it says otherwise.
public protocol AttentionMethod: RegisteredMethod {
  /// What stands for two tokens.
  static var kind: AttentionQuestion.Kind { get }
  var options: AttentionSettings { get }
}

extension AttentionMethod {
  public var target: Target { options.target }
  public var output: OutputKind { options.output }
  public var layer: AttributionLayer { .embeddings }
  public var rules: BackwardRules? { nil }
  public var attention: AttentionReading? { AttentionReading(Self.kind, options.selection) }
  public var values: [JSONMember] { options.values }
  public func cost(tokens: Int) -> MethodCost { MethodCost(values: 1) }

  public func begin(_ subject: Subject) throws -> any MethodRun {
    AttentionRun(method: id, subject: subject, kind: Self.kind, settings: options)
  }
}
