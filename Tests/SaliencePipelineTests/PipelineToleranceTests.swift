import SalienceAttribution
import SalienceJSON
import SaliencePipeline
import SalienceReports
import Testing

/// The keys `tolerance` and `max_steps`.
@Suite struct PipelineToleranceTests {
  private static func pipeline(_ rule: String) -> String {
    """
    models: [m]
    dataset: {path: data.csv, columns: {text: text}}
    methods:
      - name: integrated-gradients
        \(rule)
    output: {directory: out}
    """
  }

  @Test func readsBothKeys() throws {
    let pipeline = try PipelineFile.parse(Self.pipeline("tolerance: 0.02\n    max_steps: 65"), path: "p.yaml")
    #expect(try pipeline.methods[0].integratedGradients().rule == .adaptive(tolerance: 0.02, maxSteps: 65))
    #expect(pipeline.resolved["methods"]?[0]?["tolerance"]?.doubleValue == 0.02)
    #expect(pipeline.resolved["methods"]?[0]?["max_steps"]?.intValue == 65)
    #expect(pipeline.resolved["methods"]?[0]?["steps"] == nil)
  }

  @Test func maxStepsHasADefault() throws {
    let pipeline = try PipelineFile.parse(Self.pipeline("tolerance: 0.01"), path: "p.yaml")
    #expect(try pipeline.methods[0].integratedGradients().rule == .adaptive(tolerance: 0.01, maxSteps: 257))
  }

  @Test(arguments: [
    ("tolerance: 0.01\n    steps: 50", "p.yaml:5: 'methods.0.tolerance' cannot stand beside 'steps' or 'quadrature'"),
    ("tolerance: 0.01\n    quadrature: trapezoid", "p.yaml:5: 'methods.0.tolerance' cannot stand beside"),
    ("max_steps: 65\n    steps: 50", "p.yaml:5: 'methods.0.max_steps' cannot stand beside 'steps' or 'quadrature'"),
    ("max_steps: 65", "p.yaml:5: 'methods.0.max_steps' limits what a 'tolerance' takes"),
    ("tolerance: 0", "p.yaml:5: 'methods.0.tolerance' must be"),
    ("tolerance: -0.01", "p.yaml:5: 'methods.0.tolerance' must be"),
    ("tolerance: few", "p.yaml:5: 'methods.0.tolerance' must be"),
    ("max_steps: 4\n    tolerance: 0.01", "p.yaml:5: 'methods.0.max_steps' must be a whole number from 5"),
  ])
  func namesFileLineAndKey(_ rule: String, _ message: String) throws {
    let error = try #require(throws: PipelineError.self) {
      try PipelineFile.parse(Self.pipeline(rule), path: "p.yaml")
    }
    #expect(error.kind == .usage)
    #expect(error.description.hasPrefix(message), "\(error)")
  }

  @Test func fromOptions() throws {
    let method = try Pipeline.Method(
      name: IntegratedGradients.name,
      options: [PipelineOverride(option: "--tolerance 0.05", path: "tolerance", values: ["0.05"])])
    #expect(try method.integratedGradients().rule == .adaptive(tolerance: 0.05, maxSteps: 257))
    let error = try #require(throws: PipelineError.self) {
      try Pipeline.Method(
        name: IntegratedGradients.name,
        options: [
          PipelineOverride(option: "--steps 20", path: "steps", values: ["20"]),
          PipelineOverride(option: "--tolerance 0.05", path: "tolerance", values: ["0.05"]),
        ])
    }
    #expect(error.kind == .usage)
    #expect(error.description.contains("--tolerance 0.05"), "\(error)")
  }
}
