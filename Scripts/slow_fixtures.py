"""Writes Tests/Fixtures/tokenizers/slow: models without a tokenizer.json, and what `transformers` makes of them."""
import json
import shutil
import tempfile
import pathlib

from transformers import AutoTokenizer

from encoding_digests import crc, encoding_digest, write_lines
from subword_tokenizers import parse

LINES = 20  # lines a digest


def renamed(model, names, keep_charsmap=False):
    """A tokenizer.model with other pieces in front: (piece, type) in place of the first three."""
    proto = parse(model)
    score = [0.0] * len(names)
    rest = [(p.piece, p.score, p.type) for p in proto.pieces][3:]
    del proto.pieces[:]
    for piece, number, kind in [(name, s, kind) for (name, kind), s in zip(names, score)] + rest:
        entry = proto.pieces.add()
        entry.piece, entry.score, entry.type = piece, number, kind
    proto.trainer_spec.unk_id = [name for name, _ in names].index(next(name for name, kind in names if kind == 2))
    proto.trainer_spec.unk_piece = names[proto.trainer_spec.unk_id][0]
    if not keep_charsmap:
        proto.normalizer_spec.precompiled_charsmap = b""
    return proto.SerializeToString(deterministic=True)


def byte_level_files(folder):
    """vocab.json and merges.txt of a tokenizer.json."""
    data = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    vocabulary = dict(data["model"]["vocab"])
    for token in data["added_tokens"]:
        vocabulary.setdefault(token["content"], token["id"])
    merges = "".join(" ".join(merge) + "\n" for merge in data["model"]["merges"])
    return {
        "vocab.json": json.dumps(vocabulary, ensure_ascii=False), "merges.txt": "#version: 0.2\n" + merges}


def word_piece_file(folder):
    data = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    tokens = sorted(data["model"]["vocab"].items(), key=lambda entry: entry[1])
    return "".join(token + "\n" for token, _ in tokens)


CONTROL, UNKNOWN, DEFINED = 3, 2, 4


def directories(fixtures):
    """(name, files): JSON values, texts, bytes, or names of files in `fixtures` that a test puts there too."""
    subword = fixtures / "subword"
    unigram, bpe = (subword / "unigram.model").read_bytes(), (subword / "bpe.model").read_bytes()
    gpt2, roberta = byte_level_files(subword / "gpt2"), byte_level_files(subword / "roberta")
    yield "gpt2", gpt2 | {"config.json": {"model_type": "gpt2"}}
    yield "gpt2-bos", gpt2 | {
        "tokenizer_config.json": {"tokenizer_class": "GPT2Tokenizer", "add_prefix_space": True, "add_bos_token": True},
        "special_tokens_map.json": {"bos_token": "<|endoftext|>", "pad_token": "<pad>"}}
    yield "roberta", roberta | {"config.json": {"model_type": "roberta"}}
    yield "roberta-prefix", roberta | {
        "config.json": {"model_type": "roberta"},
        "tokenizer_config.json": {
            "tokenizer_class": "RobertaTokenizer", "add_prefix_space": True, "trim_offsets": True,
            "mask_token": {"__type": "AddedToken", "content": "<mask>", "lstrip": True, "rstrip": False,
                           "normalized": True, "single_word": False}}}
    yield "qwen2", byte_level_files(subword / "qwen2") | {
        "config.json": {"model_type": "qwen2"},
        "tokenizer_config.json": {
            "tokenizer_class": "Qwen2Tokenizer", "pad_token": "<|endoftext|>", "eos_token": "<|im_start|>",
            "added_tokens_decoder": {"1501": {"content": "<|im_start|>", "lstrip": False, "normalized": False,
                                              "rstrip": False, "single_word": False, "special": True}}}}
    yield "bert", {"config.json": {"model_type": "bert"}, "vocab.txt": word_piece_file(fixtures / "uncased")}
    yield "distilbert-cased", {
        "config.json": {"model_type": "distilbert"}, "vocab.txt": word_piece_file(fixtures / "cased"),
        "tokenizer_config.json": {"do_lower_case": False, "tokenize_chinese_chars": False, "strip_accents": True}}
    yield "gpt2-word-pieces", {
        "config.json": {"model_type": "gpt2", "tokenizer_class": "BertTokenizer"},
        "vocab.txt": word_piece_file(fixtures / "uncased")}
    yield "electra", {"config.json": {"model_type": "electra"}, "vocab.txt": word_piece_file(fixtures / "uncased")}
    yield "llama", {"config.json": {"model_type": "llama"}, "tokenizer.model": "subword/bpe.model"}
    yield "llama-legacy", {
        "config.json": {"model_type": "llama"}, "tokenizer.model": "subword/bpe.model",
        "tokenizer_config.json": {
            "tokenizer_class": "LlamaTokenizer", "legacy": True, "add_bos_token": True, "add_eos_token": True,
            "pad_token": "<unk>"}}
    yield "llama-no-prefix", {
        "config.json": {"model_type": "llama"}, "tokenizer.model": "subword/bpe.model",
        "tokenizer_config.json": {"tokenizer_class": "LlamaTokenizer", "add_prefix_space": False, "add_bos_token": True}}
    yield "gemma", {
        "config.json": {"model_type": "gemma"},
        "tokenizer.model": renamed(bpe, [
            ("<pad>", CONTROL), ("<eos>", CONTROL), ("<bos>", CONTROL), ("<unk>", UNKNOWN), ("<mask>", DEFINED),
            ("<start_of_turn>", DEFINED)])}
    yield "albert", {
        "config.json": {"model_type": "albert"},
        "spiece.model": renamed(unigram, [
            ("<pad>", CONTROL), ("<unk>", UNKNOWN), ("[CLS]", CONTROL), ("[SEP]", CONTROL), ("[MASK]", DEFINED)])}
    yield "albert-cased", {
        "config.json": {"model_type": "albert"}, "tokenizer_config.json": {"do_lower_case": False, "keep_accents": True},
        "spiece.model": "slow/albert/spiece.model"}
    yield "xlm-roberta", {"config.json": {"model_type": "xlm-roberta"}, "sentencepiece.bpe.model": "subword/unigram.model"}
    yield "camembert", {"config.json": {"model_type": "camembert"}, "sentencepiece.bpe.model": "subword/unigram.model"}
    yield "deberta-v2", {
        "config.json": {"model_type": "deberta-v2"}, "tokenizer_config.json": {"do_lower_case": False, "vocab_type": "spm"},
        "spm.model": renamed(unigram, [("[PAD]", CONTROL), ("[CLS]", CONTROL), ("[SEP]", CONTROL), ("[UNK]", UNKNOWN)])}
    yield "deberta-v2-added", {
        "config.json": {"model_type": "deberta-v2"}, "added_tokens.json": {"[MASK]": 1801, "hémi": 1802, "qx": 1803},
        "spm.model": "slow/deberta-v2/spm.model"}
    yield "deberta-v2-lower", {
        "config.json": {"model_type": "deberta-v2"}, "tokenizer_config.json": {"do_lower_case": True, "split_by_punct": True},
        "spm.model": "slow/deberta-v2/spm.model"}


def write(fixtures, texts):
    folder = fixtures / "slow"
    for name, files in directories(fixtures):
        place = folder / name
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        shared = {}
        with tempfile.TemporaryDirectory() as whole:
            for file, content in files.items():
                if isinstance(content, dict):
                    content = json.dumps(content)
                if isinstance(content, str) and content.endswith(".model"):
                    shared[file] = content
                    shutil.copy(fixtures / content, pathlib.Path(whole) / file)
                    continue
                if isinstance(content, str):
                    content = content.encode("utf-8")
                (place / file).write_bytes(content)
                shutil.copy(place / file, pathlib.Path(whole) / file)
            tokenizer = AutoTokenizer.from_pretrained(whole)
        if shared:
            (place / "shared.json").write_text(json.dumps(shared) + "\n")
        tokenizer = tokenizer.backend_tokenizer
        blocks = [texts[i : i + LINES] for i in range(0, len(texts), LINES)]
        write_lines(place / "digests.txt", (
            crc([encoding_digest(tokenizer.encode(t, t[:9])) + crc([tokenizer.decode(tokenizer.encode(t).ids, skip_special_tokens=False)])
                 for t in block]) for block in blocks))
        print(name, tokenizer.get_vocab_size(), flush=True)
