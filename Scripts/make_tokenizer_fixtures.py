#!/usr/bin/env python3
"""Writes Tests/Fixtures/tokenizers: lines, tokenizers trained on them, and what the `tokenizers` package makes of them.

python3 Scripts/make_tokenizer_fixtures.py                    all files (needs `tokenizers`, `sentencepiece`,
                                                              `protobuf` and `transformers`; some minutes)
python3 Scripts/make_tokenizer_fixtures.py --subword          those below subword/ and slow/ alone
python3 Scripts/make_tokenizer_fixtures.py --show NAME LINE   the expected encoding of a line, counted from 0
python3 Scripts/make_tokenizer_fixtures.py --digest DIR       digests of all lines with DIR/tokenizer.json
"""
import json
import pathlib
import random
import sys

import tokenizers
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
import slow_fixtures
import subword_fixtures
from encoding_digests import encoding_digest, fields, scalar_digests, write_lines
from tokenizer_lines import lines

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Fixtures" / "tokenizers"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def sequence(*parts):
    return normalizers.Sequence(list(parts))


def variants():
    """Tokenizers that share a small vocabulary and differ in everything before the model."""
    bert, n, p = normalizers.BertNormalizer, normalizers, pre_tokenizers
    yield "bert-accents", bert(False, False, True, False), p.BertPreTokenizer()
    yield "bert-lowercase-only", bert(True, False, False, True), p.Sequence([p.WhitespaceSplit(), p.Punctuation("removed")])
    yield "nfc", sequence(n.NFC(), n.Replace("an", "§§§"), n.Strip()), p.Whitespace()
    yield "nfd", sequence(n.Strip(True, False), n.NFD(), n.Replace("\u0301", "")), p.Punctuation("merged_with_previous")
    yield "nfkc", sequence(n.Lowercase(), n.NFKC()), p.Punctuation("contiguous")
    yield "nfkd", sequence(n.NFKD(), n.StripAccents(), n.Lowercase()), p.Sequence([p.Whitespace(), p.Punctuation("merged_with_next")])
    yield "none", None, None


def add_hostile_tokens(tokenizer):
    tokenizer.add_special_tokens(SPECIAL[:4] + [AddedToken("[MASK]", lstrip=True)])
    tokenizer.add_tokens([
        AddedToken("<ent>", normalized=True, rstrip=True), AddedToken("yes", single_word=True, normalized=False),
        AddedToken("hémi", normalized=True), AddedToken("qx", single_word=True, lstrip=True, rstrip=True)])


def template(ids):
    return processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
        special_tokens=[("[CLS]", ids["[CLS]"]), ("[SEP]", ids["[SEP]"])])


def train(texts, normalizer, pre_tokenizer, size):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizer, pre_tokenizer
    tokenizer.train_from_iterator(
        texts, trainers.WordPieceTrainer(vocab_size=size, special_tokens=SPECIAL, show_progress=False))
    return tokenizer


def make(texts):
    bert = normalizers.BertNormalizer
    for name, lowercase in (("uncased", True), ("cased", False)):
        tokenizer = train(texts, bert(lowercase=lowercase), pre_tokenizers.BertPreTokenizer(), 8000)
        ids = tokenizer.get_vocab()
        tokenizer.post_processor = (
            template(ids) if lowercase else processors.BertProcessing(("[SEP]", ids["[SEP]"]), ("[CLS]", ids["[CLS]"])))
        save(name, tokenizer)
    small = train(texts, bert(lowercase=True), pre_tokenizers.BertPreTokenizer(), 1500).get_vocab()
    for name, normalizer, pre_tokenizer in variants():
        tokenizer = Tokenizer(models.WordPiece(small, unk_token="[UNK]"))
        if normalizer:
            tokenizer.normalizer = normalizer
        if pre_tokenizer:
            tokenizer.pre_tokenizer = pre_tokenizer
        add_hostile_tokens(tokenizer)
        if name != "none":
            tokenizer.post_processor = template(small)
        save(name, tokenizer)


def save(name, tokenizer):
    (FOLDER / name).mkdir(parents=True, exist_ok=True)
    (FOLDER / name / "tokenizer.json").write_text(tokenizer.to_str(pretty=False), encoding="utf-8")


def load(folder):
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def main():
    if sys.argv[1:2] == ["--show"]:
        print(json.dumps(fields(load(FOLDER / sys.argv[2]).encode(lines()[int(sys.argv[3])])), ensure_ascii=False))
        return
    texts = lines()
    if sys.argv[1:2] == ["--digest"]:
        tokenizer = load(pathlib.Path(sys.argv[2]))
        print("\n".join(encoding_digest(tokenizer.encode(text)) for text in texts))
        return
    subword_fixtures.write(FOLDER / "subword", texts)
    slow_fixtures.write(FOLDER, texts)
    if sys.argv[1:2] == ["--subword"]:
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    write_lines(FOLDER / "lines.jsonl", (json.dumps(text, ensure_ascii=False) for text in texts))
    make(texts)
    names = sorted(path.parent.name for path in FOLDER.glob("*/tokenizer.json"))
    for name in names:
        tokenizer = load(FOLDER / name)
        write_lines(FOLDER / name / "digests.txt", (encoding_digest(tokenizer.encode(text)) for text in texts))
        write_lines(FOLDER / name / "scalars.txt", scalar_digests(tokenizer))
        print(name, tokenizer.get_vocab_size())
    rng = random.Random(7)
    cases = []
    for name in names:
        tokenizer = load(FOLDER / name)
        for _ in range(40 if name in ("cased", "uncased") else 12):
            text = rng.choice(texts)
            cases.append({"tokenizer": name, "text": text, **fields(tokenizer.encode(text))})
    for _ in range(300):
        name = rng.choice(["cased", "uncased", "none", "nfkc"])
        tokenizer = load(FOLDER / name)
        text, pair = rng.choice(texts)[:200], rng.choice(texts)[:200] if rng.random() < 0.8 else None
        count = len(tokenizer.encode(text, pair).ids)
        added = tokenizer.num_special_tokens_to_add(pair is not None)
        limit = rng.choice([added, added + 1, added + 2, added + 3, rng.randint(added, count + 2), count, count - 1, 16, 33])
        limit = max(limit, added, 1)
        strategy = rng.choice(["longest_first"] * 4 + (["only_first", "only_second"] if pair is not None else ["only_first"]))
        tokenizer.enable_truncation(limit, strategy=strategy)
        case = {"tokenizer": name, "text": text, "pair": pair, "max_length": limit, "strategy": strategy}
        try:
            encoding = tokenizer.encode(text, pair)
            case |= fields(encoding) | {"truncated": len(encoding.ids) < count}
        except Exception as error:
            case |= {"error": str(error)}
        cases.append(case)
    write_lines(FOLDER / "cases.jsonl", (json.dumps(case, ensure_ascii=False) for case in cases))
    print(tokenizers.__version__, len(texts), len(cases))


if __name__ == "__main__":
    main()
