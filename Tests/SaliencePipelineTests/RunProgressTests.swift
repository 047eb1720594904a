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
    func wait(_ seconds: Int) { time.withLock { $0 = $0.advanced(by: .seconds(seconds)) } }
  }

  @Test func logsALineNowAndThen() {
    let recorder = Recorder()
    let progress = recorder.progress(.lines)
    progress.setTotal(1000)
    progress.advance(10)
    #expect(recorder.text.withLock { $0 } == "")
    recorder.wait(10)
    progress.advance(190)
    recorder.wait(1)
    progress.advance(20)
    #expect(recorder.text.withLock { $0 } == "200/1000 rows, 20.0 rows/s, 0:40 left\n")
    recorder.wait(11)
    progress.advance(780)
    #expect(recorder.text.withLock { $0 }.hasSuffix("1000/1000 rows, 45.5 rows/s, 0:00 left\n"))
  }

  @Test func redrawsABarThatFitsTheTerminal() throws {
    let recorder = Recorder()
    let progress = recorder.progress(.bar(width: 80, color: false))
    progress.setTotal(100)
    recorder.wait(1)
    progress.advance(50)
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
    progress.advance(5)
    progress.finish()
    #expect(recorder.text.withLock { $0 } == "")
    #expect(RunProgress.Style.standard(isTerminal: false, width: 80, quiet: false, noColor: false) == .lines)
    #expect(
      RunProgress.Style.standard(isTerminal: true, width: 80, quiet: false, noColor: true)
        == .bar(width: 80, color: false))
  }
}
