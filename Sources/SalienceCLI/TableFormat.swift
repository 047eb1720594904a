import SalienceReports

/// The format of a table's file by what its path ends in, `.parquet` or `.csv`; nil for anything else.
///
/// - Parameter csvRaw: leaves texts that look like spreadsheet formulas as they are.
func tableFormat(of path: String, csvRaw: Bool) -> (any ReportFormat)? {
  if path.hasSuffix(".parquet") { return ParquetFormat() }
  return path.hasSuffix(".csv") ? CSVFormat(raw: csvRaw) : nil
}
