import ArgumentParser
import SalienceDatasets
import SalienceFoundation

/// What is wrong with a command line that cannot be read, in the program's own words where the parser's would mislead.
struct CommandLineFault {
  /// One line.
  let message: String
  /// How the command is typed, and where there is more.
  let usage: String

  /// - Parameters:
  ///   - error: what reading `arguments` threw.
  ///   - arguments: without the program's name.
  init(_ error: any Error, arguments: [String]) {
    let typed = SalienceCommand.fullMessage(for: error).split(separator: "\n", omittingEmptySubsequences: false)
      .drop { !$0.hasPrefix("Usage:") }.joined(separator: "\n")
    usage = typed.isEmpty ? "Usage: \(SalienceCommand.usageString())" : typed
    message =
      Self.unknownCommand(arguments) ?? Self.negativeNumber(arguments) ?? Self.textBehindDash(arguments)
      ?? Self.unknownOption(arguments) ?? Self.sentence(SalienceCommand.message(for: error), arguments)
  }

  /// The first word is no command: `salience foo`, `salience help foo`, `salience pipelines/demo.yaml`.
  static func unknownCommand(_ arguments: [String]) -> String? {
    let names = SalienceCommand.commandNames
    let isHelp = arguments.first == "help"
    guard let first = isHelp ? arguments.dropFirst().first : arguments.first, !first.hasPrefix("-"),
      isHelp || first != "help", !names.contains(first)
    else { return nil }
    if first.hasSuffix(".yaml") || first.hasSuffix(".yml") {
      return "a command comes first: salience run \(arguments.joined(separator: " "))"
    }
    return "no command '\(first)'\(NearestName.hintOrList(for: first, among: names))"
  }

  /// An option's value that begins with a dash: `--limit -5`.
  private static func negativeNumber(_ arguments: [String]) -> String? {
    let read = arguments.prefix { $0 != "--" }
    for (option, value) in zip(read, read.dropFirst())
    where option.hasPrefix("--") && !option.contains("=") && value.wholeMatch(of: /-[0-9.]+%?/) != nil {
      return "\(option) cannot be negative: \(value)"
    }
    return nil
  }

  /// A text that begins with a dash, which the parser takes for an option.
  private static func textBehindDash(_ arguments: [String]) -> String? {
    guard arguments.first == "attribute" else { return nil }
    func isText(_ argument: String) -> Bool {
      guard argument.hasPrefix("-"), argument != "-", argument != "-h" else { return false }
      return !argument.hasPrefix("--") || (argument.prefix { $0 != "=" }).contains(" ")
    }
    guard let text = arguments.dropFirst().prefix(while: { $0 != "--" }).first(where: isText) else { return nil }
    return "no option '\(text)'; a text that begins with '-' stands behind '--', at the end:"
      + " salience attribute --model DIR -- TEXT"
  }

  /// The first option that the command does not have, which the parser names only where nothing else is amiss.
  private static func unknownOption(_ arguments: [String]) -> String? {
    let command = SalienceCommand.commandNames.first { $0 == arguments.first }
    let names = SalienceCommand.options(of: command, includeHidden: false)
    let all = SalienceCommand.options(of: command, includeHidden: true)
    for argument in arguments.prefix(while: { $0 != "--" }) where argument.hasPrefix("-") && argument != "-" {
      let name = String(argument.prefix { $0 != "=" })
      guard !all.contains(name), name != "-h" else { continue }
      let place = "no option '\(name)'" + (command.map { " of '\($0)'" } ?? "")
      if let key = pipelineKey(of: name, command) { return "\(place); a key of the file is set by --set \(key)=VALUE" }
      // One letter: what it may stand for.
      let alike = name.count == 2 ? names.filter { $0.hasPrefix("-\(name)") } : []
      if alike.count == 1 { return "\(place); the nearest is '\(alike[0])'" }
      return place + NearestName.hintOrList(for: name, among: names)
    }
    return nil
  }

  /// The key that an option of `attribute` has in a pipeline file, for the commands that read one.
  private static func pipelineKey(of option: String, _ command: String?) -> String? {
    guard command == "run" || command == "check" else { return nil }
    let ofMethod = [
      "--steps", "--quadrature", "--tolerance", "--max-steps", "--baseline", "--keep-special", "--normalize",
      "--target", "--layer", "--reduction",
    ]
    guard ofMethod.contains(option) else { return option == "--task" ? "task" : nil }
    return "methods.0." + option.dropFirst(2).replacing("-", with: "_")
  }

  /// The parser's sentence as the other errors are written: no capital, no full stop.
  private static func sentence(_ message: String, _ arguments: [String]) -> String {
    let text = message.hasSuffix(".") ? message.dropLast() : message[...]
    guard let first = text.first, text.dropFirst().first?.isLowercase == true else { return String(text) }
    let isSwallowed = arguments.contains("--contrast") && text.hasSuffix("argument '<text>'")
    return first.lowercased() + text.dropFirst()
      + (isSwallowed ? "; --contrast takes every word up to the next option: the text stands before it" : "")
  }
}

extension SalienceCommand {
  /// Names of the commands, in the order of the help.
  static var commandNames: [String] {
    var names: [String] = []
    for command in configuration.subcommands { if let name = command.configuration.commandName { names.append(name) } }
    return names
  }

  /// The long options of a command, or those of the program, in alphabetical order.
  static func options(of name: String?, includeHidden: Bool) -> [String] {
    var help = name == nil ? helpMessage() : ""
    for command in configuration.subcommands where command.configuration.commandName == name && name != nil {
      help = helpMessage(for: command, includeHidden: includeHidden)
    }
    return Set(help.matches(of: /--[a-z][a-z-]*/).map { String($0.output) }).sorted()
  }
}
