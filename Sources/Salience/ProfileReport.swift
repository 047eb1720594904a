import Foundation
import SalienceJSON
import SalienceTensors

/// Where a run's time went, kernel by kernel, beside the device's measured rates.
public struct ProfileReport: Sendable {
  private struct Line {
    let name: String
    let entry: KernelProfile.Entry
    let share: Double
  }

  public let profile: KernelProfile
  public let ceilings: DeviceCeilings?
  private let lines: [Line]

  /// - Parameter ceilings: nil leaves the fractions out.
  public init(_ profile: KernelProfile, ceilings: DeviceCeilings?) {
    self.profile = profile
    self.ceilings = ceilings
    let total = profile.seconds
    lines = profile.entries.map { name, entry in
      Line(name: name, entry: entry, share: total > 0 ? entry.seconds / total : 0)
    }
    .sorted { ($1.entry.seconds, $0.name) < ($0.entry.seconds, $1.name) }
  }

  /// One line per kernel, the longest first, then what the columns are measured by; ends with a line break.
  public var text: String {
    let header = ["kernel", "calls", "seconds", "share", "GFLOP/s", "GB/s", "of ceiling"]
    let rows = [header] + lines.map(cells)
    let widths = header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    var text = ""
    for row in rows {
      let cells = row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 || column == 6 ? cell + space : space + cell
      }
      // No blanks at the end of a line.
      let line = cells.joined(separator: "  ")
      text += line.prefix(upTo: line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex) + "\n"
    }
    let on = profile.lanes == 1 ? "the device" : "\(profile.lanes) workers"
    text += "kernels kept \(on) busy for \(percent(profile.utilisation)) of \(number(profile.span)) s\n"
    if let ceilings {
      text +=
        "ceilings, measured here: \(number(ceilings.flopsPerSecond / 1e9)) GFLOP/s and "
        + "\(number(ceilings.bytesPerSecond / 1e9)) GB/s, by \(ceilings.source)\n"
      if profile.entries.values.contains(where: { profile.bytesPerSecond($0) > ceilings.bytesPerSecond }) {
        text += "more than 100 % of copies: the operands were still in a cache\n"
      }
    }
    if profile.entries.isEmpty { text += "no kernel was timed: the device has no timestamps, or there was no work\n" }
    return text
  }

  private func cells(_ line: Line) -> [String] {
    let (entry, work) = (line.entry, line.entry.work)
    let fraction = ceilings.map { ceilings in
      let bound = ceilings.isBoundByArithmetic(work) ? "products" : "copies"
      return "\(percent(ceilings.fraction(entry, of: profile))) of \(bound)"
    }
    return [
      line.name, "\(entry.calls)", number(entry.seconds), percent(line.share),
      work.flops > 0 ? number(profile.flopsPerSecond(entry) / 1e9) : "-",
      number(profile.bytesPerSecond(entry) / 1e9), fraction ?? "-",
    ]
  }

  /// The same as data; rates are those of all lanes together.
  public var json: JSONValue {
    [
      "lanes": .integer(profile.lanes), "span_seconds": .double(profile.span),
      "kernel_seconds": .double(profile.seconds), "utilisation": .double(profile.utilisation),
      "ceilings": ceilings.map {
        [
          "flops_per_second": .double($0.flopsPerSecond), "bytes_per_second": .double($0.bytesPerSecond),
          "source": .string($0.source),
        ]
      } ?? .null,
      "kernels": .array(
        lines.map { line in
          [
            "kernel": .string(line.name), "calls": .integer(line.entry.calls), "seconds": .double(line.entry.seconds),
            "share": .double(line.share), "flops": .integer(line.entry.work.flops),
            "bytes": .integer(line.entry.work.bytes),
            "flops_per_second": .double(profile.flopsPerSecond(line.entry)),
            "bytes_per_second": .double(profile.bytesPerSecond(line.entry)),
            "bound": ceilings.map { .string($0.isBoundByArithmetic(line.entry.work) ? "products" : "copies") } ?? .null,
            "fraction_of_ceiling": ceilings.map { .double($0.fraction(line.entry, of: profile)) } ?? .null,
          ]
        }),
    ]
  }

  private func percent(_ share: Double) -> String { "\(number(share * 100)) %" }

  /// Three significant digits or, from 100 on, a whole number.
  private func number(_ value: Double) -> String {
    guard value > 0 else { return "0" }
    let digits = max(0, min(6, 2 - Int(log10(value).rounded(.down))))
    return String(format: "%.\(digits)f", value)
  }
}
