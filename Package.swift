// swift-tools-version: 6.1
// Targets stand in the order data walks through them: every arrow points to an earlier target.
import PackageDescription

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "salience",
  products: [
    .executable(name: "salience", targets: ["SalienceCLI"]),
    .library(name: "Salience", targets: ["Salience"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
    .systemLibrary(name: "CVulkan", providers: [.apt(["libvulkan-dev"])]),
    .systemLibrary(name: "CGlslang", providers: [.apt(["glslang-dev", "spirv-tools"])]),
    .target(
      name: "SalienceKernelsC",
      cSettings: ["attention", "elementwise", "matrix", "rows"].map { .headerSearchPath($0) }),
    .target(name: "SalienceFoundation", dependencies: ["CCrypto"]),
    .target(name: "SalienceJSON", dependencies: ["SalienceFoundation"]),
    .target(name: "SalienceParquet", dependencies: ["CZstd", "CZlib", "SalienceFoundation"]),
    .target(name: "SalienceDatasets", dependencies: ["CZstd", "CZlib", "SalienceFoundation", "SalienceJSON"]),
    .target(name: "SalienceTokenizers", dependencies: ["SalienceFoundation", "SalienceJSON"]),
    .target(name: "SalienceTensors", dependencies: ["SalienceFoundation"]),
    .target(name: "SalienceReference", dependencies: ["SalienceTensors"]),
    .target(name: "SalienceCPU", dependencies: ["COneDNN", "SalienceKernelsC", "SalienceTensors"]),
    .target(name: "SalienceSPIRVOptimizer"),
    .executableTarget(name: "SalienceShaderCompiler", dependencies: ["CGlslang", "SalienceSPIRVOptimizer"]),
    .plugin(name: "CompileShaders", capability: .buildTool(), dependencies: ["SalienceShaderCompiler"]),
    .target(name: "SalienceShaders", path: "Shaders", plugins: ["CompileShaders"]),
    .target(
      name: "SalienceVulkan", dependencies: ["CVulkan", "SalienceFoundation", "SalienceTensors", "SalienceShaders"]),
    .target(name: "SalienceCheckpoints", dependencies: ["SalienceFoundation", "SalienceJSON", "SalienceTensors"]),
    .target(name: "SalienceModels", dependencies: ["SalienceFoundation", "SalienceTensors", "SalienceCheckpoints"]),
    .target(
      name: "SalienceAttribution",
      dependencies: [
        "SalienceFoundation", "SalienceJSON", "SalienceTokenizers", "SalienceTensors", "SalienceCheckpoints",
        "SalienceModels",
      ]),
    .target(
      name: "SalienceReports",
      dependencies: [
        "SalienceFoundation", "SalienceJSON", "SalienceParquet", "SalienceDatasets", "SalienceTokenizers",
        "SalienceAttribution",
      ]),
    .target(
      name: "SaliencePipeline",
      dependencies: [
        "CYAML", "SalienceFoundation", "SalienceJSON", "SalienceDatasets", "SalienceTokenizers", "SalienceTensors",
        "SalienceCheckpoints", "SalienceModels", "SalienceAttribution", "SalienceReports",
      ]),
    .target(
      name: "Salience",
      dependencies: [
        "SalienceFoundation", "SalienceJSON", "SalienceDatasets", "SalienceTokenizers", "SalienceTensors",
        "SalienceCPU", "SalienceVulkan", "SalienceCheckpoints", "SalienceModels", "SalienceAttribution",
        "SalienceReports", "SaliencePipeline",
      ]),
    .executableTarget(
      name: "SalienceCLI",
      dependencies: [
        "SalienceFoundation", "SalienceJSON", "SalienceParquet", "SalienceDatasets", "SalienceTokenizers",
        "SalienceTensors", "SalienceCPU", "SalienceVulkan", "SalienceCheckpoints", "SalienceModels",
        "SalienceAttribution", "SalienceReports", "SaliencePipeline", "Salience", argumentParser,
      ]),
    // Shipped by no product; the tests run it.
    .executableTarget(name: "AttributeExample", dependencies: ["Salience"], path: "Examples/Attribute"),
    .target(
      name: "SalienceTestSupport", dependencies: ["SalienceVulkan"], path: "Tests/SalienceTestSupport"),
    .testTarget(name: "SalienceFoundationTests", dependencies: ["SalienceFoundation"]),
    .testTarget(name: "SalienceJSONTests", dependencies: ["SalienceJSON"]),
    .testTarget(
      name: "SalienceParquetTests", dependencies: ["SalienceParquet", "SalienceTestSupport"],
      exclude: ["Fixtures", "conformance.py"]),
    .testTarget(
      name: "SalienceDatasetsTests",
      dependencies: ["CZstd", "CZlib", "SalienceFoundation", "SalienceDatasets", "SalienceTestSupport"]),
    .testTarget(
      name: "SalienceTokenizersTests", dependencies: ["SalienceJSON", "SalienceTokenizers", "SalienceTestSupport"]),
    .testTarget(
      name: "SalienceBackendTests",
      dependencies: [
        "SalienceKernelsC", "SalienceTensors", "SalienceReference", "SalienceCPU", "SalienceVulkan",
        "SalienceTestSupport",
      ]),
    .testTarget(
      name: "SalienceVulkanTests",
      dependencies: ["SalienceTensors", "SalienceReference", "SalienceVulkan", "SalienceTestSupport"]),
    .testTarget(name: "SalienceShadersTests", dependencies: ["SalienceShaders", "SalienceTestSupport"]),
    .testTarget(
      name: "SalienceCheckpointsTests",
      dependencies: ["SalienceJSON", "SalienceTensors", "SalienceCheckpoints", "SalienceTestSupport"]),
    .testTarget(
      name: "SalienceModelsTests",
      dependencies: [
        "SalienceJSON", "SalienceTokenizers", "SalienceTensors", "SalienceReference", "SalienceCPU", "SalienceVulkan",
        "SalienceCheckpoints", "SalienceModels", "SalienceAttribution", "SalienceTestSupport",
      ]),
    .testTarget(
      name: "SalienceAttributionTests",
      dependencies: ["SalienceTokenizers", "SalienceAttribution", "SalienceCPU", "SalienceTestSupport"]),
    .testTarget(
      name: "SalienceReportsTests",
      dependencies: [
        "SalienceFoundation", "SalienceJSON", "SalienceParquet", "SalienceDatasets", "SalienceTokenizers",
        "SalienceAttribution", "SalienceReports", "SalienceTestSupport",
      ],
      exclude: ["comparison_reference.py", "task_tables_reference.py", "word_reference.py"]),
    .testTarget(
      name: "SaliencePipelineTests",
      dependencies: [
        "SalienceFoundation", "SalienceJSON", "SalienceParquet", "SalienceDatasets", "SalienceTokenizers",
        "SalienceAttribution", "SalienceReports", "SaliencePipeline", "SalienceTestSupport",
      ]),
    .testTarget(
      name: "SalienceTests",
      dependencies: [
        "SalienceFoundation", "SalienceJSON", "SalienceParquet", "SalienceDatasets", "SalienceTokenizers",
        "SalienceTensors", "SalienceCPU", "SalienceVulkan", "SalienceCheckpoints", "SalienceModels",
        "SalienceAttribution", "SalienceReports", "SaliencePipeline", "Salience", "SalienceTestSupport",
      ]),
    .testTarget(
      name: "SalienceEndToEndTests", dependencies: ["SalienceParquet", "SalienceTestSupport"], exclude: ["Python"]),
    .testTarget(name: "SalienceArchitectureTests", dependencies: ["SalienceTestSupport"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu11,
  cxxLanguageStandard: .cxx17
)
