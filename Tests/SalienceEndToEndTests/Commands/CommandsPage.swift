import Foundation

/// The options of every command, as `salience --experimental-dump-help` tells of them.
struct CommandsPage: Decodable {
  private struct Command: Decodable {
    let commandName: String
    let abstract: String
    let discussion: String?
    let arguments: [Argument]?
    let subcommands: [Command]?
  }

  private struct Argument: Decodable {
    let abstract: String?
    let kind: String
    let names: [Name]?
    let valueName: String
    let defaultValue: String?
    let allValues: [String]?
    let shouldDisplay: Bool
    let isOptional: Bool

    struct Name: Decodable {
      let kind: String
      let name: String
    }
  }

  private let command: Command

  /// Markdown: a heading and a table for each command; `--version` and `--help`, which all have, are left out.
  var markdown: String {
    (command.subcommands ?? []).filter { $0.commandName != "help" }.map(Self.section).joined(separator: "\n")
  }

  private static func section(_ command: Command) -> String {
    var lines = ["### salience \(command.commandName)", command.abstract, ""]
    if let discussion = command.discussion, !discussion.isEmpty { lines += ["```", discussion, "```", ""] }
    lines += ["| option | meaning | default |", "| --- | --- | --- |"]
    for argument in command.arguments ?? [] where argument.shouldDisplay && !isEverywhere(argument) {
      lines.append(row(argument))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func isEverywhere(_ argument: Argument) -> Bool {
    argument.names?.contains { ["version", "help"].contains($0.name) } ?? false
  }

  private static func row(_ argument: Argument) -> String {
    let names = (argument.names ?? []).map { ($0.kind == "long" ? "--" : "-") + $0.name }.joined(separator: ", ")
    let option =
      switch argument.kind {
      case "positional": "<\(argument.valueName)>"
      case "flag": names
      default: "\(names) <\(argument.valueName)>"
      }
    var meaning = argument.abstract ?? ""
    // Where nothing is set until the command runs, the help text itself names the default.
    var standard = argument.defaultValue ?? ""
    if let range = meaning.range(of: " (default: "), meaning.hasSuffix(")") {
      standard = String(meaning[range.upperBound...].dropLast())
      meaning = String(meaning[..<range.lowerBound])
    }
    if argument.kind == "flag" { standard = "" }
    if standard.isEmpty, !argument.isOptional { standard = "required" }
    if let values = argument.allValues, !values.isEmpty {
      meaning += (meaning.isEmpty ? "" : " ") + "One of \(values.joined(separator: ", "))."
    }
    return "| `\(option)` | \(escaped(meaning)) | \(escaped(standard)) |"
  }

  /// A cell's text: a bar would end it, and angle brackets would be a tag.
  private static func escaped(_ text: String) -> String {
    text.replacing("|", with: "\\|").replacing("<", with: "&lt;")
  }
}
