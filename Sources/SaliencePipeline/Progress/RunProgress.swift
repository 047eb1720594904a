import Synchronization

/// Tells people how far a run is: a bar that is redrawn on a terminal, a plain line now and then elsewhere.
public final class RunProgress: Sendable {
  public enum Style: Sendable, Equatable {
    /// One line, redrawn at most ten times a second.
    case bar(width: Int, color: Bool)
    /// A line at least every ten seconds and at the end.
    case lines
    case quiet

    /// The style for standard error.
    ///
    /// - Parameter noColor: whether NO_COLOR is set to something (https://no-color.org).
    public static func standard(isTerminal: Bool, width: Int, quiet: Bool, noColor: Bool) -> Style {
      quiet ? .quiet : isTerminal ? .bar(width: width, color: !noColor) : .lines
    }
  }

  private struct State {
    var total: Int?
    var scored = 0
    var skipped = 0
    var quarantined = 0
    var pace = RunPace()
    var lastShown: ContinuousClock.Instant?
    /// What a second stage is at; nil while rows are scored.
    var stage: String?
    var isFinished = false
  }

  private let style: Style
  private let write: @Sendable (String) -> Void
  private let now: @Sendable () -> ContinuousClock.Instant
  private let started: ContinuousClock.Instant
  private let state = Mutex(State())

  /// - Parameters:
  ///   - now: the time, for tests.
  ///   - write: puts text on standard error.
  public init(
    style: Style, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
    write: @escaping @Sendable (String) -> Void
  ) {
    self.style = style
    self.write = write
    self.now = now
    started = now()
  }

  /// Whether anybody would see the number of rows in all.
  var wantsTotal: Bool { style != .quiet }

  /// Sets the rows to be scored in all, those that are published already included.
  public func setTotal(_ rows: Int) { update(force: false) { $0.total = rows } }

  /// A model is loaded: what follows is the time that scoring takes.
  public func beginScoring() {
    let time = now()
    state.withLock { $0.pace.begin(at: time) }
  }

  /// Counts rows that are about to be scored.
  ///
  /// - Parameter work: what they take, in the measure of `ModelScorer.work`.
  public func prepare(_ rows: Int, work: Double) { state.withLock { $0.pace.prepare(rows: rows, work: work) } }

  /// Counts rows that were scored.
  ///
  /// - Parameter work: what they took, in the measure of `ModelScorer.work`.
  public func advance(_ rows: Int, work: Double) {
    let time = now()
    update(force: false) { state in
      state.scored += rows
      state.pace.advance(rows: rows, work: work, at: time)
    }
  }

  /// Counts rows that take no scoring: they cannot be read or tokenized.
  public func pass(_ rows: Int) { update(force: false) { $0.scored += rows } }

  /// Counts rows that an earlier attempt published.
  public func skip(_ rows: Int) { update(force: false) { $0.skipped += rows } }

  /// Counts what a published unit quarantined.
  func publish(_ unit: Unit, quarantined: Int) { update(force: false) { $0.quarantined += quarantined } }

  /// Says what a second stage does in place of how many rows are scored.
  func tell(_ text: String) {
    let time = now()
    update(force: false) { state in
      if state.stage == nil { state.lastShown = style == .lines ? time : nil }
      state.stage = text
    }
  }

  /// Shows the last state and ends the line.
  public func finish() { update(force: true) { $0.isFinished = true } }

  /// Ends a bar's line, so that what is said next stands on its own.
  public func leave() {
    guard case .bar = style else { return }
    state.withLock { state in
      guard state.lastShown != nil, !state.isFinished else { return }
      state.isFinished = true
      write("\n")
    }
  }

  /// Shows how far the run is now and then, also while a long batch is scored, until the task is cancelled.
  public func showRegularly() -> Task<Void, Never>? {
    guard style != .quiet else { return nil }
    return Task {
      while (try? await Task.sleep(for: .seconds(1))) != nil { self.update(force: false) { _ in } }
    }
  }

  private func update(force: Bool, _ change: (inout State) -> Void) {
    guard style != .quiet else { return }
    // A second less than ten: there is a look every second.
    let interval: Duration = if case .bar = style { .milliseconds(100) } else { .seconds(9) }
    state.withLock { state in
      guard !state.isFinished else { return }
      change(&state)
      let time = now()
      // Nothing is shown in the first interval of a log, so that short runs leave one line.
      let reference = state.lastShown ?? (style == .lines ? started : nil)
      if !force, let reference, time - reference < interval { return }
      state.lastShown = time
      write(text(state, at: time))
    }
  }

  private func text(_ state: State, at time: ContinuousClock.Instant) -> String {
    if let stage = state.stage, !state.isFinished {
      guard case .bar(let width, _) = style else { return stage + "\n" }
      return "\r\u{1B}[K" + stage.prefix(max(width - 1, 1))
    }
    let seconds = max((time - started) / .seconds(1), 1e-9)
    let done = state.scored + state.skipped
    var parts = [state.total.map { "\(done)/\($0) rows" } ?? "\(done) rows"]
    if state.isFinished {
      parts += ["\(Self.rate(Double(state.scored) / seconds)) rows/s", "\(Self.duration(seconds)) in all"]
    } else {
      if let rate = state.pace.rowsPerSecond { parts.append("\(Self.rate(rate)) rows/s") }
      if let total = state.total, let left = state.pace.secondsLeft(rows: max(total - done, 0)) {
        parts.append("\(Self.duration(left)) left")
      }
    }
    if state.quarantined > 0 { parts.append("\(state.quarantined) quarantined") }
    let line = parts.joined(separator: ", ")
    guard case .bar(let width, let color) = style else { return line + "\n" }
    let end = state.isFinished ? "\n" : ""
    guard let total = state.total, total > 0, width >= line.count + 14 else {
      return "\r\u{1B}[K" + line.prefix(max(width - 1, 1)) + end
    }
    let cells = min(30, width - line.count - 4)
    let filled = min(cells, cells * done / total)
    let bar = String(repeating: "#", count: filled)
    let rest = String(repeating: "-", count: cells - filled)
    return "\r\u{1B}[K[" + (color ? "\u{1B}[32m\(bar)\u{1B}[0m" : bar) + rest + "] " + line + end
  }

  private static func rate(_ value: Double) -> String {
    value >= 100 ? String(Int(min(value, 1e15))) : "\((value * 10).rounded() / 10)"
  }

  private static func duration(_ seconds: Double) -> String {
    let whole = Int(min(seconds, 1e9).rounded())
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let (hours, minutes) = (whole / 3600, whole / 60 % 60)
    return hours > 0 ? "\(hours):\(two(minutes)):\(two(whole % 60))" : "\(minutes):\(two(whole % 60))"
  }
}
