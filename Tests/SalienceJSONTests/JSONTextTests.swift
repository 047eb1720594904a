import SalienceJSON
import Testing

@Suite struct JSONTextTests {
  let sample: JSONValue = ["b": [1, 2.5, "x\"\\\u{1}\u{1f}\n\u{8}\u{c}\r\té😀", nil, true], "a": [:], "c": []]

  @Test func writesCompactText() {
    #expect(
      sample.text()
        == #"{"b":[1,2.5,"x\"\\\u0001\u001f\n\b\f\r\té😀",null,true],"a":{},"c":[]}"#)
  }

  @Test func writesPrettyText() {
    let value: JSONValue = ["a": [1, ["b": false]], "c": [:]]
    let expected = """
      {
        "a": [
          1,
          {
            "b": false
          }
        ],
        "c": {}
      }
      """
    #expect(value.text(pretty: true) == expected)
  }

  @Test func readsBackWhatItWrites() throws {
    #expect(try JSONValue(parsing: sample.text()) == sample)
    #expect(try JSONValue(parsing: sample.text(pretty: true)) == sample)
  }

  @Test func keepsNumbersExactly() throws {
    let text = "[9223372036854775807,-9223372036854775808,18446744073709551616,0.1000,1E400,-0]"
    let value = try JSONValue(parsing: text)
    #expect(value.text() == text)
    #expect(value[0]?.intValue == Int.max)
    #expect(value[1]?.intValue == Int.min)
    #expect(value[2]?.intValue == nil)
    #expect(value[4]?.doubleValue == nil)
    #expect(JSONValue.number("1e3").intValue == 1000)
    #expect(JSONValue.number("12.0").intValue == 12)
    #expect(JSONValue.number("12.5").intValue == nil)
    #expect(JSONValue.number("1e300").intValue == nil)
  }

  @Test(arguments: [0.1, Double.leastNonzeroMagnitude, 1e-12, 1.7976931348623157e308, 1e16, -3.0])
  func writesDoublesThatReadBack(value: Double) throws {
    #expect(try JSONValue(parsing: JSONValue.double(value).text()).doubleValue == value)
  }

  @Test func writesNullForWhatJSONLacks() {
    #expect(JSONValue.double(.nan).isNull)
    #expect(JSONValue.float(-.infinity).isNull)
    #expect(JSONValue.integer(Int64.min).text() == "-9223372036854775808")
  }

  @Test func namesTypesAndRefusesOthers() {
    let values: [JSONValue] = [nil, true, 1, "a", [], [:]]
    #expect(values.map(\.typeName) == ["null", "boolean", "number", "string", "array", "object"])
    #expect(values.map { $0.boolValue != nil } == [false, true, false, false, false, false])
    #expect(values.map { $0.intValue != nil } == [false, false, true, false, false, false])
    #expect(values.map { $0.doubleValue != nil } == [false, false, true, false, false, false])
    #expect(values.map { $0.stringValue != nil } == [false, false, false, true, false, false])
    #expect(values.map { $0.arrayValue != nil } == [false, false, false, false, true, false])
    #expect(values.map { $0.objectValue != nil } == [false, false, false, false, false, true])
  }
}
