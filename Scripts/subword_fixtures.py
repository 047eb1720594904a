"""Writes Tests/Fixtures/tokenizers/subword: see subword_tokenizers.py, and README.md beside the files."""
import json
import random

from tokenizers import Tokenizer, models

import subword_tokenizers as kinds
from encoding_digests import crc, encoding_digest, fields, scalar_digests, words, write_lines

LINES = 20  # lines a digest of whole encodings
COMPONENT_LINES = 500  # lines a digest of words
# Kinds whose words no other kind has.
SCALARS = ("albert", "clip", "dropping", "gpt2", "llama3", "mixed", "o200k", "single", "xlm-roberta")


def blocks(texts, count):
    return [texts[i : i + count] for i in range(0, len(texts), count)]


def decoding_digest(tokenizer, texts, rng):
    size = tokenizer.get_vocab_size()
    parts = []
    for text in texts:
        ids = tokenizer.encode(text).ids
        ids += [rng(size + 3) for _ in range(6)]
        parts += [tokenizer.decode(ids, skip_special_tokens=False), tokenizer.decode(ids, skip_special_tokens=True)]
    return crc(parts)


class Numbers:
    """The linear congruential generator that the test also has."""

    def __init__(self, seed):
        self.state = seed

    def __call__(self, bound):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % bound


def cases(rng, name, tokenizer, texts):
    for _ in range(25):
        text, pair = rng.choice(texts)[:120], rng.choice(texts)[:120] if rng.random() < 0.8 else None
        tokenizer.no_truncation()
        count = len(tokenizer.encode(text, pair).ids)
        added = tokenizer.num_special_tokens_to_add(pair is not None)
        limit = max(rng.choice([added + 1, added + 3, rng.randint(added, count + 2), count - 1, 16]), added, 1)
        strategy = rng.choice(["longest_first"] * 2 + (["only_first", "only_second"] if pair is not None else ["only_first"]))
        tokenizer.enable_truncation(limit, strategy=strategy)
        case = {"tokenizer": name, "text": text, "pair": pair, "max_length": limit, "strategy": strategy}
        try:
            encoding = tokenizer.encode(text, pair)
            case |= fields(encoding) | {"truncated": len(encoding.ids) < count}
        except Exception as error:
            case |= {"error": str(error)}
        yield case
    tokenizer.no_truncation()


def write_components(folder, texts):
    found = []
    for normalizer, pre_tokenizer in kinds.component_pairs():
        tokenizer = Tokenizer(models.WordPiece({"[UNK]": 0}, unk_token="[UNK]"))
        if normalizer:
            tokenizer.normalizer = normalizer
        if pre_tokenizer:
            tokenizer.pre_tokenizer = pre_tokenizer
        data = json.loads(tokenizer.to_str())
        digests = [crc([w for t in block for w in words(tokenizer, t)]) for block in blocks(texts, COMPONENT_LINES)]
        found.append({"normalizer": data["normalizer"], "pre_tokenizer": data["pre_tokenizer"], "digests": digests})
    write_lines(folder / "components.jsonl", (json.dumps(entry, ensure_ascii=False) for entry in found))


def write(folder, texts):
    folder.mkdir(parents=True, exist_ok=True)
    bpe, unigram = kinds.bpe_model(texts), kinds.unigram_model(texts)
    (folder / "bpe.model").write_bytes(bpe)
    (folder / "unigram.model").write_bytes(unigram)
    rng, found = random.Random(11), []
    made = [*kinds.byte_level_kinds(texts), *kinds.sentencepiece_bpe_kinds(bpe), *kinds.unigram_kinds(texts, unigram)]
    for name, tokenizer in made:
        place = folder / name
        place.mkdir(exist_ok=True)
        (place / "tokenizer.json").write_text(tokenizer.to_str(pretty=False), encoding="utf-8")
        tokenizer = Tokenizer.from_file(str(place / "tokenizer.json"))
        write_lines(place / "digests.txt", (
            crc([encoding_digest(tokenizer.encode(text)) for text in block]) for block in blocks(texts, LINES)))
        numbers = Numbers(len(name))
        write_lines(place / "decodings.txt", (decoding_digest(tokenizer, block, numbers) for block in blocks(texts, LINES)))
        if name in SCALARS:
            write_lines(place / "scalars.txt", scalar_digests(tokenizer))
        found += cases(rng, name, tokenizer, texts)
        print(name, tokenizer.get_vocab_size(), flush=True)
    write_lines(folder / "cases.jsonl", (json.dumps(case, ensure_ascii=False) for case in found))
    write_components(folder, texts)
