"""What `tokenizers` makes of texts, in the short forms that the tests compare."""
import zlib

from tokenizers import PreTokenizedString, pre_tokenizers

BLOCK = 4096  # scalar values a digest
WHOLE = pre_tokenizers.Split("\U0010FFFF\U0010FFFE\U0010FFFF", "isolated")


def fields(encoding):
    special = encoding.special_tokens_mask
    keep = lambda values: [None if s else v for v, s in zip(values, special)]
    return {
        "ids": encoding.ids, "tokens": encoding.tokens, "types": encoding.type_ids, "special": special,
        "offsets": keep([list(o) for o in encoding.offsets]), "words": keep(encoding.word_ids),
        "sequences": keep(encoding.sequence_ids)}


def crc(parts):
    return f"{zlib.crc32(chr(10).join(parts).encode('utf-8')):08x}"


def encoding_digest(encoding):
    parts = []
    for i, token, kind, special, (start, end), word in zip(
        encoding.ids, encoding.tokens, encoding.type_ids, encoding.special_tokens_mask, encoding.offsets,
        encoding.word_ids):
        place = "-" if special else f"{start} {end} {word}"
        parts.append(f"{i} {kind} {place} {token}")
    return crc(parts)


def words(tokenizer, text):
    pieces = PreTokenizedString(text)
    if tokenizer.normalizer:
        pieces.normalize(tokenizer.normalizer.normalize)
    # Only a pre-tokenizer brings the offsets of a piece in line with what normalizers took away at its ends.
    (tokenizer.pre_tokenizer or WHOLE).pre_tokenize(pieces)
    return [f"{s} {e} {word}" for word, (s, e), _ in pieces.get_splits("original", "char") if word]


def scalar_digests(tokenizer):
    for block in range(0, 0x110000, BLOCK):
        parts = []
        for i in range(block, block + BLOCK):
            if not 0xD800 <= i < 0xE000:
                parts += words(tokenizer, f"a{chr(i)}b") + words(tokenizer, f"{chr(i)}\u0316\u0301")
        yield crc(parts)


def write_lines(path, values):
    path.write_text("".join(value + "\n" for value in values), encoding="utf-8")
