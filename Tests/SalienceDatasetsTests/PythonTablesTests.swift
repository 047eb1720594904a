import Foundation
import SalienceDatasets
import SalienceTestSupport
import Testing

/// One table of hostile texts as Python 3.11 writes it with `csv` and with `json`, each gzipped.
@Suite struct PythonTablesTests {
  /// `csv.writer` in its default dialect.
  static let commas = """
    H4sIAAAAAAACA2VTOW7EMAysJYB/INio4ZPUMMgWAbZM4TL5RbrUfofbPCZPyAwlX4gXsFY8hsMh/fbq74/l3Z/x8nhKNTG33++vD1/2hxaVbT
    V447D2CjMsZv74+WRi7Xh70e4w0kWYfsLUYh7atjXhTYJhLfpAMasCoOXfk/jtuHrhFSn1MBHvEr6t4VZ3VLAsTfv8C5KFHpcqoAPbCazmy0wS
    RRHC4kAUos82qAQEMdMuexGa3LqyqqNDv3ELtN68Jy9pkQTkinkhPyUFkQAMr5BpZIwWwChpuvut785Ga74nManbKm3MxI2dnM0SaqDWqYxHK3
    kUJmvyRppX1xs94iAJBzlYaCRnzXU4lic15q8P2pw0J9OwIxBvqjtLQ8pmc2eQok4/uCPSXdlS8uxMgShwclTH3KzuBZBBNG+5U5L7lyUaJ4bq
    UB1qZNstC2PrXMu+HCX2tTULGPrtGyiXiQ0V/gDzu0hsPAMAAA==
    """

  /// `csv.writer` with `delimiter="\t"`.
  static let tabs = """
    H4sIAAAAAAACA2VSsW3EMAysKYA7EGzUaCQ2DPJFgC+/cPnZIl1qz+E2w2SE3EmW30ZUWBYlHu/I+3iXx215yD3fbnctri7++/31bMtcjJhuq+
    M2j2gUhBFxl9vPJxNLKGNigS8WTgSKF1DBbVrdVsaRnXxWMwaOe1FALf9Wr1CPo4wzk8oRJOIpYVtTvExcsqqgNX5BtDNvWlQ61SOxmcuyJ6mh
    CmGx4RVev4SwG2iKu4XOIgyJh7GqQKNcuCV7U12iM9OanYKeUU/098aCSgKIxxzMMR7fW87b1tpFOIRJiTGETkzLtmrd54IPtbzkzn5MCVCZVf
    omTLfO3HAuzS70iIMkbIDGTBNC3LolYJfuH7BDYgzCnDOnUoMmmJ3di6KNdbQcKSa8BesirVmMKQZfb2vDjcnJCGVC4zVxWu1e0u477wHOCXXR
    afZgiK3DoA5VMk0hOQ3rngjExf9ymtPQ/gdpMHwoOAMAAA==
    """

  /// `json.dumps` of each row, a line each.
  static let lines = """
    H4sIAAAAAAACA4VVQWrEMAy89xXGF198SNlL27fo4rI5FBYfjBcCS/9e2Y5jjeLQLAQ2sUbSaDR52Z+7/TKWkvXG5nXL9d/z/nG7831dFr/1q5
    15hO/1UQ4ZSvRclvXT/r69dpgwDhNFgEwUyQLAyuG35V2E10NU7hCaDRFEMpAIEsUSiWoZK0ucYFwrWEYgbgrE4C5wPpGg/CKlvd7tdMkk+yEH
    L0eC3N9L/DiKFpVN4VsDAUGjKhbJc8xefyo6rUxnEenrs4SckT3K4KcSYdMMJbP3JpvoMxaQNY8cU5cRisuWspNOcpzsaNgVGSBDHnSTLFPeg8
    yZHbBBU/4TCyaDjLHH+STPCyEpDf+1yuFFrJhXT1/QP83ivZ9Kru3b0FARixLyaTyln7ZeyU1WeLb6Ql11ulnjqXZ8cE2eB5Bn5qEMA6M0KLzo
    zcVeprMZ9Rrj5QyCCR5Sa8dDwwRXlUPAIqmNsRqRii/sOvAmGTrbv/PiW3ZBNFDIj3MakMrooWR/8mdwJIKCKpLfcWE+F6OJnYt5dtWdR36Kuc
    jPA9Uj0HCntSyt0riSI3pB/Spw63lmrjlcfaFsQEe5+rwWXQsPGfr8AxqxF4KzBwAA
    """

  @Test func readsTheSameTableFromEveryFormat() throws {
    let directory = try TemporaryDirectory()
    var tables: [[Example]] = []
    for (name, text) in [("a.jsonl.gz", Self.lines), ("a.csv.gz", Self.commas), ("a.tsv.gz", Self.tabs)] {
      let data = try #require(Data(base64Encoded: text, options: .ignoreUnknownCharacters))
      let path = try directory.write(name, Array(data))
      let mapping = ColumnMapping(id: "id", text: "text", label: "label")
      let (records, error) = readAll(try DatasetReader(paths: [path], mapping: mapping, chunkSize: 11))
      #expect(error == nil)
      tables.append(records.compactMap(\.example))
    }
    #expect(tables[0].count == 30)
    #expect(tables[1].count == 30)
    #expect(tables[2].count == 30)
    // Compared by scalars, because strings that are canonically equivalent count as equal.
    let scalars = tables.map { table in
      table.map { "\($0.id)|\($0.text)|\($0.label ?? "-")".unicodeScalars.map(\.value) }
    }
    #expect(scalars[1] == scalars[0])
    #expect(scalars[2] == scalars[0])
  }
}
