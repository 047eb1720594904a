/// What help texts and reference pages say of methods and their settings, from the declarations.
public enum MethodReference {
  private typealias Declared = (method: String, setting: any SettingDeclaration)

  /// Every method and what it does, in one line.
  public static var methods: String {
    MethodRegistry.types.map { "\($0.name): \($0.summary)." }.joined(separator: " ")
  }

  /// What a setting may be, what it is for, and its default, where methods differ in each, for `--help`.
  ///
  /// - Parameter path: its key, `noise.kind` for example.
  public static func help(_ path: String) -> String {
    let keys = path.split(separator: ".").map(String.init)
    let declared: [Declared] = MethodRegistry.types.compactMap { type in
      setting(keys[...], among: type.settings).map { (method: type.name, setting: $0) }
    }
    guard let first = declared.first?.setting else { return "" }
    let meanings = sameMeanings(declared)
    let written =
      meanings.count == 1
      ? meaning(of: first)
      : meanings.map { "\(meaning(of: $0[0].setting)) (\($0.map(\.method).joined(separator: ", ")))" }.joined(
        separator: "; ")
    let text = written.replacing("`", with: "")
    // A value is told as it is typed: `l2`, not `L2`.
    let start = first.values.isEmpty && !written.hasPrefix("`") ? text.prefix(1).uppercased() : String(text.prefix(1))
    return "\(start)\(text.dropFirst()). (default: \(fallback(declared)))"
  }

  /// What presets are, for `--help`.
  public static var presets: String {
    let text = Preset.help.replacing("`", with: "")
    return "\(text.prefix(1).uppercased())\(text.dropFirst())."
  }

  /// Markdown tables of every method, and of every key of a method: key, meaning, default.
  public static var table: String {
    var rows = ["| method | scores |", "| --- | --- |"]
    rows += MethodRegistry.types.map { "| `\($0.name)` | \($0.summary) |" }
    rows += [
      "", "| key | meaning | default |",
      "| --- | --- | --- |",
      "| `methods[].name` | the method, one of the table above | required |",
      "| `methods[].id` | fills the tables' `method` column; unique in the file | the name |",
      "| `methods[].preset` | \(Preset.help) | none |",
    ]
    for setting in MethodRegistry.settings {
      let having: [Declared] = MethodRegistry.types.compactMap { type in
        type.settings.first { $0.key == setting.key }.map { (method: type.name, setting: $0) }
      }
      for same in sameMeanings(having) {
        let meaning = owners(same.map(\.method)) + meaning(of: same[0].setting)
        rows.append("| `methods[].\(setting.key)` | \(meaning) | \(code(fallback(same))) |")
      }
      for member in setting.members {
        let path = "methods[].\(setting.key).\(member.key)"
        rows.append("| `\(path)` | \(Self.meaning(of: member)) | `\(member.fallbackText)` |")
      }
    }
    return rows.joined(separator: "\n") + "\n"
  }

  private static func setting(
    _ keys: ArraySlice<String>, among settings: [any SettingDeclaration]
  ) -> (any SettingDeclaration)? {
    guard let found = settings.first(where: { $0.key == keys.first }) else { return nil }
    return keys.count == 1 ? found : setting(keys.dropFirst(), among: found.members)
  }

  private static func meaning(of setting: any SettingDeclaration) -> String {
    [setting.values, setting.help].filter { !$0.isEmpty }.joined(separator: ": ")
  }

  /// Methods that mean the same by a key, in groups.
  private static func sameMeanings(_ declared: [Declared]) -> [[Declared]] {
    var groups: [[Declared]] = []
    for own in declared {
      let place = groups.firstIndex { meaning(of: $0[0].setting) == meaning(of: own.setting) }
      if let place { groups[place].append(own) } else { groups.append([own]) }
    }
    return groups
  }

  /// Whose a key is, to stand before its meaning; nothing where it is every method's.
  private static func owners(_ methods: [String]) -> String {
    let others = MethodRegistry.names.filter { !methods.contains($0) }
    if others.isEmpty { return "" }
    let isMost = methods.count > 2 && others.count <= 2
    let names = (isMost ? others : methods).map { "`\($0)`" }
    let list = names.count > 1 ? names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1] : names[0]
    return isMost ? "of all but \(list): " : "of \(list): "
  }

  /// The first method's default, and those of methods that have another.
  private static func fallback(_ declared: [Declared]) -> String {
    let usual = declared.first?.setting.fallbackText ?? ""
    let others = declared.filter { $0.setting.fallbackText != usual }.map {
      "\($0.setting.fallbackText) for \($0.method)"
    }
    return ([usual] + others).joined(separator: "; ")
  }

  private static func code(_ text: String) -> String { text.contains(" ") ? text : "`\(text)`" }
}
