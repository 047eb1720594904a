/// What help texts and reference pages say of methods and their settings, from the declarations.
public enum MethodReference {
  /// Every method and what it does, in one line.
  public static var methods: String {
    MethodRegistry.types.map { "\($0.name): \($0.summary)." }.joined(separator: " ")
  }

  /// What a setting may be, what it is for, and its default, where methods differ in each, for `--help`.
  ///
  /// - Parameter path: its key, `noise.kind` for example.
  public static func help(_ path: String) -> String {
    let keys = path.split(separator: ".").map(String.init)
    let declared = MethodRegistry.types.compactMap { type in
      setting(keys[...], among: type.settings).map { (method: type.name, setting: $0) }
    }
    guard let first = declared.first?.setting else { return "" }
    let meanings = groups(declared).map { group in
      group[0].method == declared[0].method
        ? meaning(of: group[0].setting) : "of \(owners(group)): \(meaning(of: group[0].setting))"
    }
    let written = meanings.joined(separator: "; ")
    let text = written.replacing("`", with: "")
    // A value is told as it is typed: `l2`, not `L2`.
    let start = first.values.isEmpty && !written.hasPrefix("`") ? text.prefix(1).uppercased() : String(text.prefix(1))
    return "\(start)\(text.dropFirst()). (default: \(fallback(declared)))"
  }

  /// A Markdown table of every key of a method: key, meaning, default.
  public static var table: String {
    let names = MethodRegistry.types.map { "`\($0.name)`: \($0.summary)" }.joined(separator: "; ")
    var rows = [
      "| key | meaning | default |",
      "| --- | --- | --- |",
      "| `methods[].name` | \(names) | required |",
      "| `methods[].id` | fills the tables' `method` column; unique in the file | the name |",
    ]
    for setting in MethodRegistry.settings {
      let having = MethodRegistry.types.compactMap { type in
        type.settings.first { $0.key == setting.key }.map { (method: type.name, setting: $0) }
      }
      for group in groups(having) {
        let isShared = group.count == MethodRegistry.types.count
        let meaning = (isShared ? "" : "of \(owners(group, quote: "`")): ") + meaning(of: group[0].setting)
        rows.append("| `methods[].\(setting.key)` | \(meaning) | \(code(fallback(group))) |")
      }
      for member in setting.members {
        let path = "methods[].\(setting.key).\(member.key)"
        rows.append("| `\(path)` | \(Self.meaning(of: member)) | `\(member.fallbackText)` |")
      }
    }
    return rows.joined(separator: "\n") + "\n"
  }

  /// Methods for which a key means the same, in the order of the first of each.
  private static func groups(
    _ declared: [(method: String, setting: any SettingDeclaration)]
  ) -> [[(method: String, setting: any SettingDeclaration)]] {
    var result: [[(method: String, setting: any SettingDeclaration)]] = []
    for entry in declared {
      if let place = result.firstIndex(where: { meaning(of: $0[0].setting) == meaning(of: entry.setting) }) {
        result[place].append(entry)
      } else {
        result.append([entry])
      }
    }
    return result
  }

  private static func owners(
    _ group: [(method: String, setting: any SettingDeclaration)], quote: String = ""
  ) -> String {
    group.map { "\(quote)\($0.method)\(quote)" }.joined(separator: " and ")
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

  /// The first method's default, and those of methods that have another.
  private static func fallback(_ declared: [(method: String, setting: any SettingDeclaration)]) -> String {
    let usual = declared.first?.setting.fallbackText ?? ""
    let others = declared.filter { $0.setting.fallbackText != usual }.map {
      "\($0.setting.fallbackText) for \($0.method)"
    }
    return ([usual] + others).joined(separator: "; ")
  }

  private static func code(_ text: String) -> String { text.contains(" ") ? text : "`\(text)`" }
}
