#!/usr/bin/env python3
"""Writes Sources/SalienceTokenizers/Unicode/*Table.swift from the behaviour of the `tokenizers` package.

Unicode versions differ between libraries (and inside that package), so every table is asked of the package itself,
one scalar value at a time. Run: python3 Scripts/generated/make_unicode_tables.py   (needs `tokenizers`; two minutes)
--patterns: only the tables of regular expressions, digits and scripts.

Packing: a list of integers, each as base-32 digits, lowest first, in the alphabet below; digits 32...63 say that more
follow. Signed integers are zigzag-coded. What the integers mean stands in each table's comment.
"""
import pathlib
import sys
import unicodedata

import tokenizers
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Sources" / "SalienceTokenizers" / "Unicode"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"
SCALARS = [i for i in range(0x110000) if not 0xD800 <= i < 0xE000]


def pack(value):
    assert value >= 0
    text = ""
    while True:
        digit, value = value & 31, value >> 5
        text += ALPHABET[digit + (32 if value else 0)]
        if not value:
            return text


def zigzag(value):
    return value * 2 if value >= 0 else -value * 2 - 1


def ranges(members):
    """(gap since the end of the last range, length) for each run of scalar values."""
    packed, end, i = "", 0, 0
    while i < len(members):
        j = i
        while j + 1 < len(members) and members[j + 1] == members[j] + 1:
            j += 1
        packed += pack(members[i] - end) + pack(j - i + 1)
        end, i = members[j] + 1, j + 1
    return packed


def mapping(entries):
    """(gap since the last key, length, first - key, each further - the one before) for each mapped scalar value."""
    packed, last = "", 0
    for key in sorted(entries):
        packed += pack(key - last) + pack(len(entries[key]))
        before = key
        for scalar in entries[key]:
            packed += pack(zigzag(scalar - before))
            before = scalar
        last = key
    return packed


def write(name, summary, packed):
    lines = [packed[i : i + 114] for i in range(0, len(packed), 114)]
    body = "\\\n".join("    " + line for line in lines)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.swift").write_text(
        f"// Written by Scripts/generated/make_unicode_tables.py from the behaviour of `tokenizers` {tokenizers.__version__}; "
        "do not edit.\n\n"
        f"/// {summary}\nenum {name} {{\n"
        f'  static let packed: StaticString = """\n{body}\n    """\n}}\n'
    )
    print(f"{name}: {len(packed)} characters")


def normalized(normalizer):
    return {i: [ord(c) for c in normalizer.normalize_str(chr(i))] for i in SCALARS}


def changed(table):
    return {i: out for i, out in table.items() if out != [i]}


def combining_classes(nfd):
    """Canonical combining class of each scalar value, found by which of two neighbours NFD puts first."""
    def swaps(first, second):
        return nfd.normalize_str(first + second) != first + second

    # One witness a class; the package's older tables do not know the newest classes and members.
    known = {}
    for i in SCALARS:
        c = chr(i)
        if unicodedata.combining(c) and (swaps(c, "\u0334") or swaps("\u0345", c)):
            known.setdefault(unicodedata.combining(c), c)
    order = sorted(known)
    for a, b in zip(order, order[1:]):
        assert swaps(known[b], known[a]) and not swaps(known[a], known[b]), (a, b)
    classes = {}
    for i in SCALARS:
        c = chr(i)
        if nfd.normalize_str(c) != c:
            continue
        if not swaps(c, known[order[0]]) and not swaps(known[order[-1]], c):
            continue
        equal = [k for k in order if not swaps(c, known[k]) and not swaps(known[k], c)]
        assert len(equal) == 1, hex(i)
        classes[i] = equal[0]
    return classes


def members(pattern):
    """The scalar values that a one-character regular expression matches, as the package's Split and Replace see it."""
    text = "".join(map(chr, SCALARS))
    left = normalizers.Replace(tokenizers.Regex(pattern), "").normalize_str(text)
    return sorted(set(SCALARS) - set(map(ord, left)))


def script_runs(scripts):
    """(first, length, name) for each run of one script; names are counted in order of first appearance, 0 is any."""
    def splits(text):
        return len(scripts.pre_tokenize_str(text)) > 1

    witnesses = []
    names = {}
    for scalar in SCALARS:
        c = chr(scalar)
        if not splits("a" + c + "б") and not splits("б" + c + "a"):
            raise AssertionError("no script reaches over two others")
        if not splits("a" + c) and not splits("б" + c):
            names[scalar] = 0
            continue
        last = names.get(scalar - 1, 0)
        if last and not splits(chr(scalar - 1) + c):
            names[scalar] = last
            continue
        for number, witness in enumerate(witnesses):
            if not splits(witness + c):
                names[scalar] = number + 1
                break
        else:
            witnesses.append(c)
            names[scalar] = len(witnesses)
    return [(s, names[s]) for s in SCALARS if names[s]]


def valued_runs(entries):
    """(gap since the end of the last run, length, value) for each run of scalar values with one value."""
    packed, end, i = "", 0, 0
    while i < len(entries):
        j = i
        while j + 1 < len(entries) and entries[j + 1] == (entries[j][0] + 1, entries[i][1]):
            j += 1
        packed += pack(entries[i][0] - end) + pack(j - i + 1) + pack(entries[i][1])
        end, i = entries[j][0] + 1, j + 1
    return packed


CATEGORIES = (
    "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Co Cn").split()


def write_pattern_tables():
    """What regular expressions, digits and scripts are made of."""
    category = {}
    for number, name in enumerate(CATEGORIES):
        for scalar in members(f"\\p{{{name}}}"):
            assert scalar not in category, hex(scalar)
            category[scalar] = number + 1
    assert len(category) == len(SCALARS) and category[0xD7FF]
    for major in "LMNPSZC":
        whole = [s for s in SCALARS if CATEGORIES[category[s] - 1][0] == major]
        assert members(f"\\p{{{major}}}") == whole, major
    assert members("\\d") == [s for s in SCALARS if CATEGORIES[category[s] - 1] == "Nd"]
    spaces = [i for i in SCALARS if len(pre_tokenizers.WhitespaceSplit().pre_tokenize_str("a" + chr(i) + "a")) == 2]
    assert members("\\s") == spaces
    write(
        "GeneralCategoryTable",
        "General categories of regular expressions, counted from 1 in the order of `GeneralCategory`; unassigned ones "
        "left out: (gap, length, category) for each run.",
        valued_runs([(s, category[s]) for s in SCALARS if CATEGORIES[category[s] - 1] != "Cn"]),
    )
    write("PatternWordTable", "What `\\w` of a regular expression in a tokenizer.json matches; ranges.", ranges(members("\\w")))
    digits = pre_tokenizers.Digits(individual_digits=True)
    numeric = [i for i in SCALARS if len(digits.pre_tokenize_str("a" + chr(i) + "a")) == 3]
    write("NumericTable", "What the Digits pre-tokenizer takes for digits; ranges.", ranges(numeric))
    write(
        "ScriptTable",
        "Scripts as the UnicodeScripts pre-tokenizer has them, numbered; what belongs to any left out: "
        "(gap, length, script) for each run.",
        valued_runs(script_runs(pre_tokenizers.UnicodeScripts())),
    )


def main():
    write_pattern_tables()
    if "--patterns" in sys.argv:
        return
    lower = normalized(normalizers.Lowercase())
    nfd, nfkd = normalized(normalizers.NFD()), normalized(normalizers.NFKD())
    compose = normalizers.NFC()
    hangul = range(0xAC00, 0xAC00 + 11172)
    for i in hangul:
        s = i - 0xAC00
        parts = [0x1100 + s // 588, 0x1161 + s % 588 // 28] + ([0x11A7 + s % 28] if s % 28 else [])
        assert nfd[i] == nfkd[i] == parts, hex(i)
    write("LowercaseTable", "Lowercase mappings; a mapping table.", mapping(changed(lower)))
    canonical = {i: out for i, out in changed(nfd).items() if i not in hangul}
    write(
        "CanonicalDecompositionTable",
        "Full canonical decompositions but for Hangul syllables; a mapping table.",
        mapping(canonical),
    )
    write(
        "CompatibilityDecompositionTable",
        "Full compatibility decompositions where they differ from the canonical ones; a mapping table.",
        mapping({i: out for i, out in nfkd.items() if out != nfd[i]}),
    )

    classes, packed, end = combining_classes(normalizers.NFD()), "", 0
    members = sorted(classes)
    i = 0
    while i < len(members):
        j = i
        while j + 1 < len(members) and members[j + 1] == members[j] + 1 and classes[members[j + 1]] == classes[members[i]]:
            j += 1
        packed += pack(members[i] - end) + pack(j - i + 1) + pack(classes[members[i]])
        end, i = members[j] + 1, j + 1
    write("CombiningClassTable", "Non-zero combining classes: (gap, length, class) for each run.", packed)

    packed, last = "", 0
    for i in sorted(canonical):
        out = "".join(map(chr, nfd[i]))
        if len(out) < 2 or compose.normalize_str(chr(i)) != chr(i):
            continue
        first = compose.normalize_str(out[:-1])
        assert len(first) == 1 and compose.normalize_str(first + out[-1]) == chr(i), hex(i)
        packed += pack(i - last) + pack(zigzag(ord(first) - i)) + pack(ord(out[-1]))
        last = i
    write(
        "CompositionTable",
        "Primary composites but for Hangul: (gap since the last composite, first - composite, second).",
        packed,
    )

    clean = normalizers.BertNormalizer(True, False, False, False)
    cleaned = {i: clean.normalize_str(chr(i)) for i in SCALARS}
    # U+FFFD and NUL are dropped by name, next to the control characters.
    write("ControlTable", "What BERT's text cleaning drops; ranges.", ranges([i for i in SCALARS if cleaned[i] == ""]))

    whitespace_split, word_split = pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Whitespace()
    punctuation_split, bert_split = pre_tokenizers.Punctuation(), pre_tokenizers.BertPreTokenizer()
    spaces = [i for i in SCALARS if len(whitespace_split.pre_tokenize_str("a" + chr(i) + "a")) == 2]
    for i in SCALARS:
        assert (cleaned[i] == " ") == (i in set(spaces) and cleaned[i] != "") if i in spaces else cleaned[i] != " "
    write("WhitespaceTable", "White space; ranges.", ranges(spaces))
    punctuation = [i for i in SCALARS if len(punctuation_split.pre_tokenize_str("a" + chr(i) + "a")) == 3]
    bert = [i for i in SCALARS if len(bert_split.pre_tokenize_str("a" + chr(i) + "a")) == 3]
    assert punctuation == bert
    write("PunctuationTable", "Punctuation as BERT has it, ASCII symbols included; ranges.", ranges(punctuation))

    words = [i for i in SCALARS if [p for p, _ in word_split.pre_tokenize_str("a" + chr(i) + "a")] == [f"a{chr(i)}a"]]
    tokenizer = Tokenizer(models.WordPiece({"[UNK]": 0}, unk_token="[UNK]"))
    tokenizer.add_tokens([AddedToken("tok", single_word=True, normalized=False)])
    single = [i for i in SCALARS if len(tokenizer.encode(chr(i) + "tok").ids) == 1]
    assert words == single, (len(words), len(single))
    stripped = Tokenizer(models.WordPiece({"[UNK]": 0}, unk_token="[UNK]"))
    stripped.add_tokens([AddedToken("tok", lstrip=True, normalized=False)])
    assert spaces == [i for i in SCALARS if len(stripped.encode(chr(i) + "tok").ids) == 1]
    write("WordCharacterTable", "Word characters (`\\w`); ranges.", ranges(words))

    # After NFD only scalar values without a decomposition are left, so the others need no entry.
    accents = normalizers.BertNormalizer(False, False, True, False)
    write(
        "NonspacingMarkTable",
        "What BERT's accent stripping drops after NFD; ranges.",
        ranges([i for i in SCALARS if accents.normalize_str(chr(i)) == ""]),
    )
    strip = normalizers.StripAccents()
    write(
        "CombiningMarkTable",
        "What the StripAccents normalizer drops; ranges.",
        ranges([i for i in SCALARS if strip.normalize_str(chr(i)) == ""]),
    )


main()
