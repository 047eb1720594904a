import SaliencePipeline
import Synchronization
import Testing

@Suite struct RunProgressTests {
  private final class Recorder: Sendable {
    let text = Mutex("")
    let time = Mutex(ContinuousClock.now)
    func progress(_ style: RunProgress.Style) -> RunProgress {
      RunProgress(style: style, now: { self.time.withLock { $0 } }) { piece in self.text.withLock { $0 += piece } }
    }
    func wait(milliseconds: Int) { time.withLock { $0 = $0.advanced(by: .milliseconds(milliseconds)) } }
    func wait(_ seconds: Int) { time.withLock { $0 = $0.advanced(by: .seconds(seconds)) } }
  }

  @Test func logsALineNowAndThen() {
    let recorder = Recorder()
    let progress = recorder.progress(.lines)
    progress.setTotal(1000)
    progress.prepare(1000, work: 1000)
    progress.beginScoring()
    progress.advance(10, work: 10)
    #expect(recorder.text.withLock { $0 } == "")
    for _ in 0..<10 {
      recorder.wait(1)
      progress.advance(20, work: 20)
    }
    #expect(recorder.text.withLock { $0 }.hasPrefix("190/1000 rows, 2"))
    #expect(recorder.text.withLock { $0 }.hasSuffix(" left\n"))
    recorder.wait(11)
    progress.advance(790, work: 790)
    progress.finish()
    #expect(recorder.text.withLock { $0 }.hasSuffix("1000/1000 rows, 47.6 rows/s, 0:21 in all\n"))
  }

  /// Rows of a text each, the longest first in every unit, as they are scored: the end is told from the start.
  @Test func timeLeftIsTrueFromTheFirstUnitOn() throws {
    let recorder = Recorder()
    let progress = recorder.progress(.lines)
    progress.setTotal(10_240)
    // Loading takes longer than any unit, and counts for nothing.
    recorder.wait(300)
    progress.beginScoring()
    let lengths = (0..<1024).map { 16 + 240 * (1023 - $0) / 1023 }
    let unit = Double(lengths.reduce(0, +))
    var spent = 0.0
    func left() throws -> Double? {
      let line = try #require(recorder.text.withLock { $0 }.split(separator: "\n").last)
      let found = line.firstMatch(of: /([0-9]+):([0-9]{2}) left/)
      return try found.map { try #require(Double($0.output.1)) * 60 + #require(Double($0.output.2)) }
    }
    for _ in 0..<10 {
      progress.prepare(1024, work: unit)
      for start in stride(from: 0, to: 1024, by: 32) {
        let work = Double(lengths[start..<start + 32].reduce(0, +))
        // 10 tokens a millisecond, so that the whole run takes two minutes and a quarter.
        spent += work / 10_000
        recorder.wait(milliseconds: Int(work / 10))
        progress.advance(32, work: work)
        let shown = recorder.text.withLock { $0 }
        guard shown.contains("left"), let told = try left() else { continue }
        let really = unit * 10 / 10_000 - spent
        // A line may be nine seconds old.
        #expect(abs(told - really) < 12, "\(told) s left told, \(really) s in truth")
      }
    }
  }

  @Test func rowsOfAnEarlierAttemptAreNoPace() {
    let recorder = Recorder()
    let progress = recorder.progress(.lines)
    progress.setTotal(1000)
    progress.skip(900)
    progress.prepare(100, work: 100)
    progress.beginScoring()
    for _ in 0..<10 {
      recorder.wait(1)
      progress.advance(5, work: 5)
    }
    #expect(recorder.text.withLock { $0 } == "945/1000 rows, 5.0 rows/s, 0:11 left\n")
  }

  @Test func aLongBatchDoesNotSilenceIt() async throws {
    let recorder = Recorder()
    let progress = recorder.progress(.lines)
    progress.setTotal(7)
    let showing = try #require(progress.showRegularly())
    defer { showing.cancel() }
    recorder.wait(10)
    // A look a second, and later where other tests keep every core busy.
    for _ in 0..<600 where recorder.text.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(100)) }
    #expect(recorder.text.withLock { $0 } == "0/7 rows\n")
  }

  @Test func aBarThatIsLeftEndsItsLine() {
    let recorder = Recorder()
    let progress = recorder.progress(.bar(width: 80, color: false))
    progress.leave()
    #expect(recorder.text.withLock { $0 } == "")
    progress.setTotal(7)
    progress.leave()
    progress.leave()
    #expect(recorder.text.withLock { $0 } == "\r\u{1B}[K[------------------------------] 0/7 rows\n")
  }

  @Test func redrawsABarThatFitsTheTerminal() throws {
    let recorder = Recorder()
    let progress = recorder.progress(.bar(width: 80, color: false))
    progress.setTotal(100)
    recorder.wait(1)
    progress.advance(50, work: 50)
    progress.finish()
    let text = recorder.text.withLock { $0 }
    #expect(text.hasSuffix("\n") && text.contains("[###") && text.contains("50/100 rows, 50.0 rows/s"))
    let redrawn: [Substring] = text.split { $0 == "\r" }
    let longest = redrawn.map { $0.hasPrefix("\u{1B}[K") ? $0.count - 3 : $0.count }.max()
    #expect(try #require(longest) <= 80)
    #expect(!text.contains("\u{1B}[32m"))
  }

  @Test func quietSaysNothing() {
    let recorder = Recorder()
    let progress = recorder.progress(.standard(isTerminal: true, width: 80, quiet: true, noColor: false))
    progress.advance(5, work: 5)
    progress.finish()
    #expect(recorder.text.withLock { $0 } == "")
    #expect(RunProgress.Style.standard(isTerminal: false, width: 80, quiet: false, noColor: false) == .lines)
    #expect(
      RunProgress.Style.standard(isTerminal: true, width: 80, quiet: false, noColor: true)
        == .bar(width: 80, color: false))
  }
}
