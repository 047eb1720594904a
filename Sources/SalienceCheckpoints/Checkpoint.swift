import SalienceFoundation
import SalienceJSON
import SalienceTensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A model's files in a Hugging Face directory: its configuration and its weights.
public struct Checkpoint: Sendable {
  /// The directory that holds the files; of a model in the cache, the snapshot's.
  public let directory: String
  /// The directory's last component, or NAME of `ORG/NAME`.
  public let name: String
  public let config: ModelConfiguration
  public let parameters: SafetensorsParameters
  /// Paths of the files that decide what the model computes: configuration, weights, and where present what
  /// generation and the tokenizer go by.
  public let files: [String]

  /// Opens a checkpoint.
  ///
  /// The weights are `model.safetensors`, else the shards that `model.safetensors.index.json` lists.
  /// - Parameters:
  ///   - directory: a directory's path, or `ORG/NAME` of a model in the local Hugging Face cache. A directory of that
  ///     path goes first.
  ///   - cache: where such names are looked up.
  /// - Throws: `CheckpointError`: `missing` for a directory or file that is not there, `invalid` for a damaged file,
  ///   `unsupported` for pickled weights, for those of other frameworks and for adapters alone, `usage` for a name that
  ///   is not allowed.
  public init(directory: String, cache: HubCache = HubCache()) throws {
    let path = try Self.resolve(directory, in: cache)
    self.directory = path
    name = Self.lastComponent(of: directory)
    let adapter = path + "/adapter_config.json"
    if CheckpointFile.isDirectory(path + "/config.json") == nil, CheckpointFile.isDirectory(adapter) == false {
      throw CheckpointError(
        .unsupported, "an adapter alone: merge it into the model that base_model_name_or_path names, and save that",
        file: adapter)
    }
    try Self.refuseFolderOfCheckpoints(path, as: directory)
    try CheckpointFile.refusePointer(path + "/config.json")
    config = try ModelConfiguration(file: path + "/config.json")
    var files = [path + "/config.json"]

    let single = path + "/model.safetensors"
    let index = path + "/model.safetensors.index.json"
    if CheckpointFile.isDirectory(single) != nil {
      files.append(single)
      try CheckpointFile.refusePointer(single)
      parameters = try SafetensorsParameters(files: [single])
    } else if CheckpointFile.isDirectory(index) != nil {
      let assignment = try ShardIndex(file: index).assignment.mapValues { path + "/" + $0 }
      let shards = Set(assignment.values).sorted()
      files.append(index)
      try files.forEach(CheckpointFile.refusePointer)
      try shards.forEach(CheckpointFile.refusePointer)
      files.append(contentsOf: shards)
      parameters = try SafetensorsParameters(files: shards, assignment: assignment)
    } else {
      throw Self.weightsMissing(in: path, config: config)
    }
    let otherFiles = [
      "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
      "added_tokens.json", "vocab.txt", "vocab.json", "merges.txt", "tokenizer.model", "spiece.model", "spm.model",
      "sentencepiece.bpe.model",
    ]
    let others = otherFiles.map { path + "/" + $0 }.filter { CheckpointFile.isDirectory($0) == false }
    try others.forEach(CheckpointFile.refusePointer)
    files.append(contentsOf: others)
    self.files = files
  }

  private static func resolve(_ directory: String, in cache: HubCache) throws -> String {
    switch CheckpointFile.isDirectory(directory) {
    case true?:
      var path = directory[...]
      while path.count > 1, path.last == "/" { path.removeLast() }
      return String(path)
    case false?: throw CheckpointError(.missing, "not a directory", file: directory)
    case nil: break
    }
    if HubCache.isModelName(directory) { return try cache.snapshot(of: directory) }
    if directory.isEmpty || directory.split(separator: "/").contains("..") {
      throw CheckpointError(.usage, "neither a directory nor the name of a model: '\(directory)'")
    }
    throw CheckpointError(.missing, "no such directory", file: directory)
  }

  /// Says what to name instead of the folder that a training run left its checkpoints in.
  private static func refuseFolderOfCheckpoints(_ path: String, as named: String) throws {
    guard CheckpointFile.isDirectory(path + "/config.json") == nil else { return }
    let inside = ((try? DurableFile.names(in: path)) ?? []).compactMap { name -> (name: String, step: Int)? in
      guard name.hasPrefix("checkpoint-"), let step = Int(name.dropFirst("checkpoint-".count)),
        CheckpointFile.isDirectory(path + "/" + name) == true
      else { return nil }
      return (name, step)
    }.sorted { $0.step < $1.step }
    guard !inside.isEmpty else { return }
    var shown = inside.map(\.name)
    if shown.count > 6 { shown.replaceSubrange(3..<shown.count - 2, with: ["…"]) }
    var folder = named
    while folder.count > 1, folder.last == "/" { folder.removeLast() }
    throw CheckpointError(
      .missing,
      "no config.json here, but \(inside.count) checkpoints: \(shown.joined(separator: ", ")); name one of them, or all"
        + " with models: \(folder)/checkpoint-*", file: path)
  }

  private static func lastComponent(of path: String) -> String {
    if let last = path.split(separator: "/").last, last != ".", last != ".." { return String(last) }
    guard let resolved = realpath(path, nil) else { return "model" }
    defer { free(resolved) }
    return String(cString: resolved).split(separator: "/").last.map(String.init) ?? "model"
  }

  private static func weightsMissing(in path: String, config: ModelConfiguration) -> CheckpointError {
    let pickles = [
      "pytorch_model.bin", "pytorch_model.bin.index.json", "model.bin", "model.pt", "model.pth", "model.ckpt",
      "pytorch_model.pt",
    ]
    guard let pickle = pickles.first(where: { CheckpointFile.isDirectory(path + "/" + $0) == false }) else {
      let others = ["tf_model.h5", "flax_model.msgpack"].map { "\(path)/\($0)" }
      if let other = others.first(where: { CheckpointFile.isDirectory($0) == false }) {
        return CheckpointError(.unsupported, "weights are read from model.safetensors, which is missing", file: other)
      }
      return CheckpointError(.missing, "no such file", file: path + "/model.safetensors")
    }
    // The name is put into a command for a shell, so only an identifier will do.
    let named = config.architectures.first.flatMap { name in
      let isIdentifier = name.unicodeScalars.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || $0 == "_" || "0"..."9" ~= $0)
      }
      return isIdentifier && !name.isEmpty ? name : nil
    }
    let quoted = CheckpointFile.shellQuoted(path)
    return CheckpointError(
      .unsupported,
      "pickled weights are never loaded, because a pickle can run code; convert them where you trust them: "
        + "python3 -c 'import sys, transformers; d = sys.argv[1]; transformers.\(named ?? "AutoModel")"
        + ".from_pretrained(d).save_pretrained(d, safe_serialization=True)' \(quoted)",
      file: path + "/" + pickle)
  }
}
