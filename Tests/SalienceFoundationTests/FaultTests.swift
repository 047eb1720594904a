import SalienceFoundation
import Testing

@Suite("Faults")
struct FaultTests {
  private struct Plain: Fault {
    var kind: FaultKind { .data }
    var message: String { "what is wrong" }
  }

  @Test("A fault is one line: place, message and cause, as far as there are any")
  func descriptions() {
    #expect("\(Plain())" == "what is wrong")
    #expect("\(FileFault(.io, "cannot be read", at: "a/b"))" == "a/b: cannot be read")
    #expect("\(FileFault.input("cannot be read", "a", SystemError(13)))" == "a: cannot be read (Permission denied)")
  }

  @Test("An input that is not there is missing; an output that is not there is the disk's fault")
  func kinds() {
    let gone = SystemError(2)
    #expect(FileFault.input("", "a", gone).kind == .missing && FileFault.output("", "a", gone).kind == .io)
    #expect(FileFault.input("", "a", SystemError(13)).kind == .io)
  }
}

@Suite("Names and texts")
struct TextTests {
  @Test(
    "The nearest name, where one is near",
    arguments: [
      ("max_lenght", "max_length"), ("trapez", "trapezoid"), ("Vulcan", "vulkan"), ("mode", "models"),
      ("output_dir", "output"), ("simpson", nil), ("x", nil), ("", nil),
    ])
  func nearest(name: String, expected: String?) {
    let names = ["max_length", "trapezoid", "vulkan", "models", "output"]
    #expect(NearestName.of(name, among: names) == expected)
    #expect(NearestName.hint(for: name, among: names) == (expected.map { "; the nearest is '\($0)'" } ?? ""))
    #expect(expected != nil || NearestName.hintOrList(for: name, among: names).hasPrefix("; known are max_length, "))
  }

  @Test("Texts that look alike and have other bytes are two")
  func exactness() {
    let (one, two) = ("\u{E9}", "e\u{301}")
    #expect(one == two && ExactText(one) != ExactText(two))
    #expect(Set([one, two, one].map(ExactText.init)).count == 2)
  }
}
