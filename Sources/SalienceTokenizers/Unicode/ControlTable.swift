// Written by Scripts/generated/make_unicode_tables.py from the behaviour of `tokenizers` 0.23.3; do not edit.

/// What BERT's text cleaning drops; ranges.
enum ControlTable {
  static let packed: StaticString = """
    09221I_2X1D1og16M1W61n11-d41y_15Q5n151Amyl1We6_l11v7311_b41Y_g14lc58cqhO1UW3Wy_1-__12-__1
    """
}
