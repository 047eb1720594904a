// Written by Scripts/generated/make_unicode_tables.py from the behaviour of `tokenizers` 0.23.3; do not edit.

/// What the Digits pre-tokenizer takes for digits; ranges.
enum NumericTable {
  static let packed: StaticString = """
    m1Au325123Xj1Ac4Ac6AyCAs3A46i3As3As3A26k3Dp3A87d3Ae377Jj3AW3As3Ac2Ki8Ac2AlMKnR3l7A6AMAi9AW4Bb5A6As5As2Ac4A6AsW1136\
    6Ac6p125sMy1k2MsJUfh11fO1P9E3tA4g4AU81FW1Ad1FWxSAy5AWA6w4Ac1Ac6AMAs2AsCAsuKAjFj1Cv1H2rARa14T181c45g6AkT8P7d19h25M6\
    W522G2k1W29q12U3h25e38O8f17gA6m1A6As8V-4Ag14m37c4UW4Ay1Am4A7Kx7AsAAs3AsBAc3A6Ki2CaDJz2AsKAs2TZ7Ac2As1AcBAc3LhX1l3X\
    cFAcf2As2Ac4A17kGAc8NzA3vdNAck1KCKi3PrY1o1Wg2AcDAsFAt7AiM9W4AtOx11314i2j11FYUDZt2A
    """
}
