import Foundation
import SalienceReports
import Testing

@Suite struct TokenCSVTests {
  private func cell(_ text: String?, raw: Bool = false) -> String {
    var encoder = CSVEncoder(raw: raw)
    encoder.append(text)
    return String(decoding: encoder.encoded, as: UTF8.self)
  }

  @Test(arguments: [
    ("plain", "plain"), ("", "\"\""), ("a,b", "\"a,b\""), ("say \"no\"", "\"say \"\"no\"\"\""),
    ("two\nlines", "\"two\nlines\""), ("cr\r\nlf", "\"cr\r\nlf\""), (" edge", "\" edge\""),
    ("é\u{0301}", "é\u{0301}"),
    ("=1+1", "'=1+1"), ("+1", "'+1"), ("-", "'-"), ("@x", "'@x"), ("'", "''"), ("'s", "''s"), ("\tx", "\"'\tx\""),
    ("\rx", "\"'\rx\""), ("\r\nx", "\"'\r\nx\""), ("=\u{0301}", "'=\u{0301}"), ("=a,\"b\"", "\"'=a,\"\"b\"\"\""),
    ("a=b", "a=b"), ("\n=1", "\"'\n=1\""), ("\nx", "\"'\nx\""), (" \t\n=1", "\"' \t\n=1\""), (" =1", "\"' =1\""),
    ("\u{A0}+1", "'\u{A0}+1"), ("\u{FEFF}=1", "'\u{FEFF}=1"), ("\u{200B}@x", "'\u{200B}@x"),
    ("\u{202E}=1", "'\u{202E}=1"), ("\u{1}=1", "'\u{1}=1"), ("\u{2028}-1", "'\u{2028}-1"),
    ("\u{3000}=1", "'\u{3000}=1"),
    ("\u{FF1D}1", "'\u{FF1D}1"), ("\u{FF0B}1", "'\u{FF0B}1"), ("\u{FF0D}1", "'\u{FF0D}1"), ("\u{FF20}x", "'\u{FF20}x"),
    ("\u{FE66}1", "'\u{FE66}1"), (" x=1", "\" x=1\""), (" 'x", "\" 'x\""), ("\u{200B}x", "\u{200B}x"),
  ])
  func textsAreQuotedAndGuarded(_ text: String, _ expected: String) {
    #expect(cell(text) == expected)
  }

  @Test func rawLeavesFormulasAlone() {
    #expect(cell("=1", raw: true) == "=1")
    #expect(cell("=1,2", raw: true) == "\"=1,2\"")
    #expect(cell(nil) == "")
  }

  @Test func whatIsGuardedReadsBack() {
    for text in ["=1", "'", "''=", "\n=1", " \u{FF1D}", "\u{FEFF}'", "\tx", "'\n", "x"] {
      let bare = cell(text).replacing("\"", with: "")
      #expect((bare.utf8.first == UInt8(ascii: "'") ? String(bare.unicodeScalars.dropFirst()) : bare) == text)
    }
  }

  @Test func numbersAreShortestAndUntouched() {
    var encoder = CSVEncoder()
    encoder.append(Int32(-5))
    encoder.append(Float(-0.1))
    encoder.append(Float(1.5e-7))
    encoder.append(Double(0.1))
    encoder.append(Int32?.none)
    encoder.append(true)
    encoder.endLine()
    #expect(String(decoding: encoder.encoded, as: UTF8.self) == "-5,-0.1,1.5e-07,0.1,,true\n")
  }

  @Test func headerIsPinned() {
    #expect(
      TokenCSV.header.joined(separator: ",")
        == "model,row,example_id,method,target,target_index,target_position,position,token,token_id,special,segment,"
        + "word,start,end,attribution,normalized,word_attribution,predicted,probability,label")
  }

  @Test(arguments: [false, true])
  func exportEqualsTheValuesInMemory(raw: Bool) throws {
    let scratch = try Scratch()
    let models = ["b", "a"].enumerated().map { index, name in
      (name, (0..<90).map { SampleRun.example($0 * 2, model: index) })
    }
    let run = try SampleRun.write(models, into: scratch.path)
    var csv = TokenCSV(raw: raw)
    var expected = Array((TokenCSV.header.joined(separator: ",") + "\n").utf8)
    for (model, examples) in models {
      for example in examples { expected += try csv.lines(of: example, model: model) }
    }
    let output = try FileOutput(creating: "\(scratch.path)/tokens.csv")
    let exported = try TokenCSV.export(run, models: ["b", "a"], raw: raw, to: output)
    try output.finish()
    let written = try Data(contentsOf: URL(fileURLWithPath: "\(scratch.path)/tokens.csv"))
    #expect(Array(written) == expected)
    #expect(Int(exported.tokens) == expected.count { $0 == 0x0A } - 1)
    #expect(exported.rows == 180)
    #expect(exported.models == ["b", "a"])
    #expect(run.models == ["a", "b"])
  }

  @Test func unknownModelIsNamedWithTheKnown() throws {
    let scratch = try Scratch()
    let run = try SampleRun.write([("m", [SampleRun.example(0, model: 0)])], into: scratch.path)
    let output = try FileOutput(creating: "\(scratch.path)/t.csv")
    let error = #expect(throws: ReportError.self) { try TokenCSV.export(run, models: ["n"], to: output) }
    #expect(error?.code == .missingInput)
    #expect(error?.message.contains("only: m") == true)
  }

  @Test func missingRunIsMissingInput() {
    let error = #expect(throws: ReportError.self) { try RunDirectory(path: "/nonexistent/run") }
    #expect(error?.code == .missingInput)
  }
}
