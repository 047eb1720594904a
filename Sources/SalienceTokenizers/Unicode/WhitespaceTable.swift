// Written by Scripts/generated/make_unicode_tables.py from the behaviour of `tokenizers` 0.23.3; do not edit.

/// White space; ranges.
enum WhitespaceTable {
  static let packed: StaticString = """
    95I1a31Q1_k51_h2BT251l11Wz31
    """
}
