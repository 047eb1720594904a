#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The local cache in which Hugging Face tools keep what they have downloaded.
///
/// Layout: `models--ORG--NAME/refs/main` holds a revision, `models--ORG--NAME/snapshots/REVISION` its files
/// (https://huggingface.co/docs/huggingface_hub/guides/manage-cache). Nothing is ever downloaded.
public struct HubCache: Sendable {
  /// The cache's directory, or nil where the environment names none.
  public let directory: String?

  /// Finds the cache as huggingface_hub does: `HF_HUB_CACHE`, then `hub` in `HF_HOME`, then in
  /// `$XDG_CACHE_HOME/huggingface`, then in `~/.cache/huggingface`.
  ///
  /// - Parameter environment: the value of a variable; the process's own environment unless given.
  public init(environment: (String) -> String? = { getenv($0).map { String(cString: $0) } }) {
    func set(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
    directory =
      set("HF_HUB_CACHE") ?? set("HUGGINGFACE_HUB_CACHE")
      ?? set("HF_HOME").map { $0 + "/hub" }
      ?? set("XDG_CACHE_HOME").map { $0 + "/huggingface/hub" }
      ?? set("HOME").map { $0 + "/.cache/huggingface/hub" }
  }

  /// The directory of a model's main snapshot.
  ///
  /// - Parameter name: `ORG/NAME` or `NAME`.
  /// - Throws: `CheckpointError`: `usage` for a name that is none of a model, such as one with `..` in it; `missing`
  ///   where the cache does not hold the model.
  public func snapshot(of name: String) throws -> String {
    guard Self.isModelName(name) else {
      throw CheckpointError(.usage, "neither a directory nor the name of a model: \(name)")
    }
    guard let directory else { throw CheckpointError(.missing, "no such directory", file: name) }
    let model = directory + "/models--" + name.split(separator: "/").joined(separator: "--")
    guard CheckpointFile.isDirectory(model) == true else {
      throw CheckpointError(.missing, "no such directory, and not in the Hugging Face cache \(directory)", file: name)
    }
    let reference = try CheckpointFile(path: model + "/refs/main")
    guard reference.count <= 256 else {
      throw CheckpointError(.invalid, "not the name of a revision", file: reference.path)
    }
    let revision = String(decoding: try reference.contents(limit: 256), as: UTF8.self).filter { !$0.isWhitespace }
    guard !revision.isEmpty, Self.isComponent(revision[...]) else {
      throw CheckpointError(.invalid, "not the name of a revision", file: reference.path)
    }
    let snapshot = model + "/snapshots/" + revision
    guard CheckpointFile.isDirectory(snapshot) == true else {
      throw CheckpointError(.missing, "the snapshot that refs/main names is not in the cache", file: snapshot)
    }
    return snapshot
  }

  /// Whether `name` could be a model's: one or two components of the characters that the Hub allows.
  static func isModelName(_ name: String) -> Bool {
    let components = name.split(separator: "/", omittingEmptySubsequences: false)
    return 1...2 ~= components.count && components.allSatisfy(isComponent)
  }

  private static func isComponent(_ text: Substring) -> Bool {
    guard !text.isEmpty, text.first != ".", text.first != "-", !text.contains("..") else { return false }
    return text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
  }
}
