"""Tokenizers of every kind but WordPiece, with the components that the files of the model families have.

Trained on the lines of tokenizer_lines.py; `tokenizers` trains byte-level BPE and Unigram, `sentencepiece` the rest.
"""
import json
import pathlib
import tempfile

import sentencepiece
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from sentencepiece import sentencepiece_model_pb2

n, p, d = normalizers, pre_tokenizers, decoders
CL100K = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN = CL100K.replace(r"\p{N}{1,3}", r"\p{N}")
O200K = "|".join([
    r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
    r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
    r"""\p{N}{1,3}""", r""" ?[^\s\p{L}\p{N}]+[\r\n/]*""", r"""\s*[\r\n]+""", r"""\s+(?!\S)""", r"""\s+"""])
CJK = "[一-龥぀-ゟ゠-ヿ]+"
MIXED = (
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+"
    "[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+")
CLIP = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


def special(text, **options):
    return AddedToken(text, special=True, normalized=False, **options)


def byte_level(texts, size, pre_tokenizer, first=(), **options):
    tokenizer = Tokenizer(models.BPE(**options))
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=size, special_tokens=list(first), initial_alphabet=sorted(p.ByteLevel.alphabet()), show_progress=False,
        **{key: options[key] for key in ("end_of_word_suffix", "continuing_subword_prefix") if options.get(key)}))
    tokenizer.decoder = d.ByteLevel()
    return tokenizer


def template(single, pair, tokenizer, *tokens):
    return processors.TemplateProcessing(
        single=single, pair=pair, special_tokens=[(token, tokenizer.token_to_id(token)) for token in tokens])


def byte_level_kinds(texts):
    gpt2 = byte_level(texts, 1800, p.ByteLevel(add_prefix_space=False))
    gpt2.add_special_tokens([special("<|endoftext|>"), special("[MASK]")])
    gpt2.post_processor = processors.ByteLevel(add_prefix_space=True, trim_offsets=False)
    yield "gpt2", gpt2

    marks = ["<s>", "<pad>", "</s>", "<unk>"]
    for name, prefix in (("roberta", False), ("roberta-prefix", True)):
        roberta = byte_level(texts, 1500, p.ByteLevel(add_prefix_space=prefix), marks, unk_token="<unk>")
        roberta.add_special_tokens([special("<mask>", lstrip=True), special("[MASK]", lstrip=True, rstrip=True)])
        roberta.post_processor = processors.RobertaProcessing(
            ("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=prefix)
        yield name, roberta

    modern = byte_level(texts, 1500, p.ByteLevel(add_prefix_space=False, use_regex=True))
    modern.normalizer = n.NFC()
    modern.add_tokens([AddedToken(" " * count, normalized=True) for count in range(10, 1, -1)])
    modern.add_special_tokens(
        [special("[UNK]"), special("[CLS]"), special("[SEP]"), special("[PAD]"), special("[MASK]", lstrip=True)])
    modern.add_tokens([AddedToken("hémi", normalized=True), AddedToken("yes", single_word=True, normalized=False)])
    modern.post_processor = template(
        "[CLS]:0 $A:0 [SEP]:0", "[CLS]:0 $A:0 [SEP]:0 $B:0 [SEP]:0", modern, "[CLS]", "[SEP]")
    yield "modernbert", modern

    def split(*patterns):
        parts = [p.Split(Regex(pattern), "isolated") for pattern in patterns]
        return p.Sequence(parts + [p.ByteLevel(add_prefix_space=False, use_regex=False)])

    llama = byte_level(texts, 1800, split(CL100K))
    data = json.loads(llama.to_str())
    data["model"]["ignore_merges"] = True
    llama = Tokenizer.from_str(json.dumps(data))
    llama.add_special_tokens([special("<|begin_of_text|>"), special("<|end_of_text|>"), special("[MASK]")])
    llama.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=True, add_prefix_space=False),
        template("<|begin_of_text|> $A", "<|begin_of_text|> $A <|begin_of_text|>:1 $B:1", llama, "<|begin_of_text|>")])
    yield "llama3", llama

    qwen = byte_level(texts, 1500, split(QWEN), continuing_subword_prefix="", end_of_word_suffix="")
    qwen.normalizer = n.NFC()
    qwen.add_special_tokens([special("<|endoftext|>"), special("<|im_start|>"), special("[MASK]")])
    qwen.post_processor = processors.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False)
    yield "qwen2", qwen

    o200k = byte_level(texts, 1500, split(O200K))
    o200k.add_tokens([AddedToken("<ent>", normalized=True, rstrip=True)])
    yield "o200k", o200k
    yield "mixed", byte_level(texts, 1500, split(r"\p{N}{1,3}", CJK, MIXED))

    clip = byte_level(
        texts, 1500, p.Sequence([p.Split(Regex(CLIP), "removed", invert=True), p.ByteLevel(add_prefix_space=False)]),
        ["<|startoftext|>", "<|endoftext|>"], unk_token="<|endoftext|>", end_of_word_suffix="</w>",
        continuing_subword_prefix="")
    clip.normalizer = n.Sequence([n.NFC(), n.Replace(Regex(r"\s+"), " "), n.Lowercase()])
    clip.post_processor = processors.RobertaProcessing(
        ("<|endoftext|>", 1), ("<|startoftext|>", 0), trim_offsets=False, add_prefix_space=False)
    clip.decoder = d.BPEDecoder("</w>")
    yield "clip", clip


def train_sentencepiece(texts, **options):
    """The bytes of a tokenizer.model, trained on the lines without random characters: those would all be learnt."""
    texts = [text for text in texts if len(text.split()) > 3]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "lines.txt"
        path.write_text("\n".join(t.replace("\n", " ").replace("\0", " ") for t in texts), encoding="utf-8")
        sentencepiece.SentencePieceTrainer.train(
            input=str(path), model_prefix=str(path.with_suffix("")), minloglevel=2, num_threads=1,
            hard_vocab_limit=False, max_sentence_length=20000, **options)
        return without_paths(path.with_suffix(".model").read_bytes())


def without_paths(model):
    proto = parse(model)
    proto.trainer_spec.ClearField("input")
    proto.trainer_spec.ClearField("model_prefix")
    return proto.SerializeToString(deterministic=True)


def bpe_model(texts):
    return train_sentencepiece(
        texts, model_type="bpe", vocab_size=1800, byte_fallback=True, normalization_rule_name="identity",
        character_coverage=0.98, split_digits=True, remove_extra_whitespaces=False, add_dummy_prefix=True)


def unigram_model(texts):
    return train_sentencepiece(
        texts, model_type="unigram", vocab_size=1800, character_coverage=0.98, normalization_rule_name="nmt_nfkc")


def parse(model):
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model)
    return proto


def sentencepiece_bpe_kinds(model):
    from transformers.tokenization_utils_base import generate_merges

    pieces = [piece.piece for piece in parse(model).pieces]
    vocabulary = {piece: i for i, piece in enumerate(pieces)}
    merges = generate_merges(vocabulary)

    def bpe(**options):
        tokenizer = Tokenizer(models.BPE(vocabulary, merges, unk_token="<unk>", **options))
        tokenizer.decoder = d.Sequence(
            [d.Replace("▁", " "), d.ByteFallback(), d.Fuse(), d.Strip(content=" ", left=1)])
        return tokenizer

    def marks(tokenizer, normalized):
        tokenizer.add_special_tokens(
            [AddedToken(t, special=True, normalized=normalized) for t in ("<unk>", "<s>", "</s>")] + [special("[MASK]")])
        tokenizer.post_processor = template("<s>:0 $A:0", "<s>:0 $A:0 <s>:1 $B:1", tokenizer, "<s>")
        return tokenizer

    llama = bpe(fuse_unk=True, byte_fallback=True)
    llama.normalizer = n.Sequence([n.Prepend("▁"), n.Replace(" ", "▁")])
    yield "llama2", marks(llama, True)

    mistral = bpe(fuse_unk=True, byte_fallback=True)
    mistral.pre_tokenizer = p.Metaspace(replacement="▁", prepend_scheme="first", split=False)
    yield "mistral", marks(mistral, False)

    gemma = bpe(fuse_unk=True, byte_fallback=True, ignore_merges=False)
    gemma.normalizer = n.Replace(" ", "▁")
    gemma.pre_tokenizer = p.Split(" ", "merged_with_previous")
    gemma.decoder = d.Sequence([d.Replace("▁", " "), d.ByteFallback(), d.Fuse()])
    yield "gemma", marks(gemma, False)

    # No bytes: unknown characters, fused, single, or dropped.
    fused = bpe(fuse_unk=True)
    fused.pre_tokenizer = p.Sequence([p.Metaspace(prepend_scheme="always"), p.Digits(individual_digits=True)])
    yield "fused", fused
    single = bpe(fuse_unk=False)
    single.pre_tokenizer = p.Sequence([p.UnicodeScripts(), p.Metaspace(prepend_scheme="never", split=True)])
    yield "single", single
    dropping = Tokenizer(models.BPE(vocabulary, merges))
    dropping.normalizer = n.Sequence([n.Nmt(), n.Replace(" ", "▁")])
    yield "dropping", dropping


def unigram_kinds(texts, model):
    proto = parse(model)
    charsmap = proto.normalizer_spec.precompiled_charsmap
    pieces = [(piece.piece, piece.score) for piece in proto.pieces]

    def build(vocabulary, unknown, normalizer, pre_tokenizer, bytes_too=False):
        tokenizer = Tokenizer(models.Unigram(vocabulary, unknown, bytes_too))
        tokenizer.normalizer, tokenizer.pre_tokenizer = normalizer, pre_tokenizer
        tokenizer.decoder = d.Metaspace()
        return tokenizer

    fairseq = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)] + pieces[3:] + [("<mask>", 0.0)]
    xlm = build(fairseq, 3, n.Precompiled(charsmap), p.Sequence([p.WhitespaceSplit(), p.Metaspace()]))
    xlm.add_special_tokens([special(t) for t in ("<s>", "<pad>", "</s>", "<unk>")] + [special("<mask>", lstrip=True)])
    xlm.post_processor = template("<s> $A </s>", "<s> $A </s> </s> $B </s>", xlm, "<s>", "</s>")
    yield "xlm-roberta", xlm

    marked = [("[PAD]", 0.0), ("[CLS]", 0.0), ("[SEP]", 0.0), ("[UNK]", 0.0)] + pieces[3:]
    deberta = build(
        marked, 3, n.Sequence([n.Strip(), n.Precompiled(charsmap), n.Replace(Regex(" {2,}"), " ")]),
        p.Sequence([p.Metaspace()]))
    deberta.add_special_tokens([special(t) for t in ("[PAD]", "[CLS]", "[SEP]")] + [
        AddedToken("[UNK]", special=True, normalized=True), special("[MASK]")])
    deberta.post_processor = template(
        "[CLS]:0 $A:0 [SEP]:0", "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", deberta, "[CLS]", "[SEP]")
    yield "deberta-v3", deberta

    lowered = [n.Replace("``", '"'), n.Replace("''", '"'), n.NFKD(), n.StripAccents(), n.Lowercase()]
    trained = Tokenizer(models.Unigram())
    trained.normalizer = n.Sequence(lowered)
    trained.pre_tokenizer = p.Sequence([p.WhitespaceSplit(), p.Metaspace()])
    latin = [text for text in texts if len(text.split()) > 3 and max(map(ord, text)) < 0x500]
    trained.train_from_iterator(latin, trainers.UnigramTrainer(
        vocab_size=1500, special_tokens=["<pad>", "<unk>", "[CLS]", "[SEP]"], unk_token="<unk>", show_progress=False))
    vocabulary = [tuple(entry) for entry in json.loads(trained.to_str())["model"]["vocab"]]
    albert = build(
        vocabulary, 1, n.Sequence(lowered + [n.Replace(Regex(" {2,}"), " ")]),
        p.Sequence([p.WhitespaceSplit(), p.Metaspace()]))
    albert.add_special_tokens([special("[CLS]"), special("[SEP]"), special("<pad>"), special("[MASK]", lstrip=True)])
    albert.add_tokens([AddedToken("HÉMI", normalized=True)])
    albert.post_processor = template(
        "[CLS]:0 $A:0 [SEP]:0", "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", albert, "[CLS]", "[SEP]")
    yield "albert", albert

    bytes_too = vocabulary + [(f"<0x{byte:02X}>", -30.0) for byte in range(256)]
    fallback = build(bytes_too, 1, n.Replace(" ", "▁"), None, True)
    fallback.decoder = d.Sequence([d.ByteFallback(), d.Metaspace()])
    yield "unigram-bytes", fallback


def component_pairs():
    """Normalizers and pre-tokenizers that no kind above has, or not in every form."""
    for behavior in ("removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"):
        for invert in (False, True):
            yield None, p.Split(Regex(r"\s+|[aeiou]{1,2}|\d"), behavior, invert)
            yield None, p.Split("e", behavior, invert)
    yield None, p.CharDelimiterSplit("e")
    yield n.Nmt(), p.Digits(individual_digits=False)
    yield None, p.UnicodeScripts()
    yield n.ByteLevel(), None
    yield n.Sequence([n.Prepend("_x"), n.Replace(Regex("[aeiou]"), "<v>"), n.Strip()]), p.FixedLength(3)
    yield n.Replace(Regex("x+"), "-"), p.Sequence([p.CharDelimiterSplit(" "), p.ByteLevel(add_prefix_space=True)])
    for scheme in ("first", "never", "always"):
        for splits in (False, True):
            yield None, p.Sequence([p.Punctuation(), p.Metaspace("▁", scheme, splits)])
    patterns = [
        r"\b\w+\b", r"^.|.$", r"(?:ab?|[^\W\d_])+?", r"[^\s]*+", r"(?>a+)b|\p{Lu}\p{^Lu}", r"\P{L}+", r"(a|an|the)(?=\s)",
        r"[[:\-]|[.,!?…。،]]+", r"(\p{M}|‍.){2,}", r"\S{3}", r"(?:(?:x|)*y)+", r"[\u0400-\u04FF]+", r"\x{4e00}|.\n?", r"\h+",
        r"(?i)the|AND|k", r"\A\s+|\s+\z", r"[^(\s|[.,!?…。,、।۔،])]+", r"a{,2}b", r"\D\B"]
    for pattern in patterns:
        yield None, p.Split(Regex(pattern), "isolated")
        yield n.Replace(Regex(pattern), "§"), None
