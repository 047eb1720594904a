import Foundation

/// The package's targets as `swift package dump-package` prints them, in the order of `Package.swift`.
struct PackageManifest: Decodable {
  /// A target and what it depends on: other targets, and products of other packages.
  struct Target: Decodable {
    let name: String
    let type: String
    let dependencies: [Dependency]
    var pluginUsages: [Dependency]? = nil
    var path: String? = nil

    /// The names that are other targets of this package, plugins that run when this one is built among them.
    var targetNames: [String] { (dependencies + (pluginUsages ?? [])).filter { !$0.isProduct }.map(\.name) }

    /// Where its files are, from the package's root.
    var folder: String { path ?? "\(type == "plugin" ? "Plugins" : "Sources")/\(name)" }
  }

  /// One entry of a target's `dependencies`.
  struct Dependency: Decodable {
    let name: String
    let isProduct: Bool

    private enum CodingKeys: String, CodingKey {
      case byName, target, product, plugin
    }

    init(name: String, isProduct: Bool) {
      self.name = name
      self.isProduct = isProduct
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      isProduct = container.contains(.product)
      let key: CodingKeys = container.allKeys.first ?? .target
      // The name comes first; package, aliases and platform condition follow.
      var entry = try container.nestedUnkeyedContainer(forKey: key)
      name = try entry.decode(String.self)
    }
  }

  /// What other packages can depend on.
  struct Product: Decodable {
    let name: String
    let targets: [String]
  }

  let products: [Product]
  let targets: [Target]

  /// Arrows that point to the target itself, to a later one or to none: "A -> B".
  var backwardArrows: [String] {
    let order = Dictionary(uniqueKeysWithValues: targets.enumerated().map { ($1.name, $0) })
    return targets.enumerated().flatMap { index, target in
      target.targetNames
        .filter { order[$0].map { $0 >= index } ?? true }
        .map { "\(target.name) -> \($0)" }
    }
  }

  /// Every target reachable from the named one.
  func reachable(from name: String) -> Set<String> {
    var found: Set<String> = []
    var waiting = [name]
    while let next = waiting.popLast() {
      for dependency in targets.first(where: { $0.name == next })?.targetNames ?? []
      where found.insert(dependency).inserted {
        waiting.append(dependency)
      }
    }
    return found
  }

  /// Targets between the two named ones, both included and backends left out, that reach a backend.
  func targetsReachingBackend(from first: String, through last: String, backends: Set<String>) -> [String] {
    let names = targets.map(\.name)
    guard let start = names.firstIndex(of: first), let end = names.firstIndex(of: last), start <= end else {
      return ["\(first) … \(last) is not a range of targets"]
    }
    return names[start...end].filter { !backends.contains($0) && !reachable(from: $0).isDisjoint(with: backends) }
  }
}
