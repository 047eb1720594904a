"""Small tokenizers of the kind that each model family has, trained on a few lines.

They have the components of the families' own tokenizer.json files and vocabularies of 300 to 500 tokens.
"""

import json

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from make_reference_fixtures import CORPUS, FIXTURES
from subword_tokenizers import CL100K, QWEN, parse, special, template, train_sentencepiece

n, p, d = normalizers, pre_tokenizers, decoders
LINES = CORPUS.strip().splitlines() + [
    "Who wrote the story? The director of the film, a young musician, wrote it in 2014.",
    "Where does she live? She lives near the old theatre by the sea, with two brothers and a camera."]
BRACKETS = dict(pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]")
ANGLES = dict(
    pad_token="<pad>", unk_token="<unk>", cls_token="<s>", sep_token="</s>", mask_token="<mask>", bos_token="<s>",
    eos_token="</s>")


def word_piece():
    """BERT, DistilBERT, ELECTRA: uncased WordPiece, the first pieces of a vocabulary that is at hand.

    Training breaks ties by chance, so that each run would find another one.
    """
    known = json.loads((FIXTURES / "bert-2-f32" / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    vocabulary = {piece: index for piece, index in known.items() if index < 420}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = n.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = p.BertPreTokenizer()
    tokenizer.add_special_tokens([special(token) for token in BRACKETS.values()])
    tokenizer.post_processor = template(
        "[CLS]:0 $A:0 [SEP]:0", "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", tokenizer, "[CLS]", "[SEP]")
    tokenizer.decoder = d.WordPiece(prefix="##")
    return tokenizer, BRACKETS


def byte_level(size, pre_tokenizer, first=(), **options):
    tokenizer = Tokenizer(models.BPE(**options))
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.train_from_iterator(LINES, trainers.BpeTrainer(
        vocab_size=size, special_tokens=list(first), initial_alphabet=sorted(p.ByteLevel.alphabet()),
        show_progress=False))
    tokenizer.decoder = d.ByteLevel()
    return tokenizer


def split(pattern):
    return p.Sequence([p.Split(Regex(pattern), "isolated"), p.ByteLevel(add_prefix_space=False, use_regex=False)])


def roberta():
    tokenizer = byte_level(380, p.ByteLevel(add_prefix_space=False), ["<s>", "<pad>", "</s>", "<unk>"])
    tokenizer.add_special_tokens([special("<mask>", lstrip=True)])
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), True, False)
    return tokenizer, ANGLES


def modernbert():
    tokenizer = byte_level(370, p.ByteLevel(add_prefix_space=False))
    tokenizer.normalizer = n.NFC()
    tokenizer.add_special_tokens(
        [special(t) for t in ("[UNK]", "[CLS]", "[SEP]", "[PAD]")] + [special("[MASK]", lstrip=True)])
    tokenizer.post_processor = template(
        "[CLS]:0 $A:0 [SEP]:0", "[CLS]:0 $A:0 [SEP]:0 $B:0 [SEP]:0", tokenizer, "[CLS]", "[SEP]")
    return tokenizer, BRACKETS


def gpt2():
    """No padding token, and nothing added to a text."""
    tokenizer = byte_level(390, p.ByteLevel(add_prefix_space=False))
    tokenizer.add_special_tokens([special("<|endoftext|>")])
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    end = "<|endoftext|>"
    return tokenizer, dict(bos_token=end, eos_token=end, unk_token=end)


def llama3():
    trained = json.loads(byte_level(380, split(CL100K)).to_str())
    trained["model"]["ignore_merges"] = True
    tokenizer = Tokenizer.from_str(json.dumps(trained))
    tokenizer.add_special_tokens(
        [special("<|begin_of_text|>"), special("<|end_of_text|>"), special("<|finetune_right_pad_id|>")])
    begin = template(
        "<|begin_of_text|> $A", "<|begin_of_text|> $A <|begin_of_text|>:1 $B:1", tokenizer, "<|begin_of_text|>")
    tokenizer.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=True), begin])
    return tokenizer, dict(
        bos_token="<|begin_of_text|>", eos_token="<|end_of_text|>", pad_token="<|finetune_right_pad_id|>")


def qwen():
    tokenizer = byte_level(380, split(QWEN), continuing_subword_prefix="", end_of_word_suffix="")
    tokenizer.normalizer = n.NFC()
    tokenizer.add_special_tokens([special("<|endoftext|>"), special("<|im_start|>"), special("<|im_end|>")])
    tokenizer.post_processor = processors.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False)
    return tokenizer, dict(pad_token="<|endoftext|>", eos_token="<|im_end|>")


def sentencepiece_bpe(first, size):
    """A BPE with a piece for each byte, as SentencePiece trains it; its first pieces are renamed to `first`."""
    from transformers.tokenization_utils_base import generate_merges

    pieces = [piece.piece for piece in parse(train_sentencepiece(
        LINES, model_type="bpe", vocab_size=size, byte_fallback=True, normalization_rule_name="identity",
        character_coverage=0.99, split_digits=True, remove_extra_whitespaces=False, add_dummy_prefix=True)).pieces]
    vocabulary = {piece: i for i, piece in enumerate(first + pieces[3:])}
    tokenizer = Tokenizer(models.BPE(
        vocabulary, generate_merges(vocabulary), unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.add_special_tokens([special(token) for token in first])
    return tokenizer


def llama2():
    """No padding token."""
    tokenizer = sentencepiece_bpe(["<unk>", "<s>", "</s>"], 420)
    tokenizer.normalizer = n.Sequence([n.Prepend("▁"), n.Replace(" ", "▁")])
    tokenizer.decoder = d.Sequence(
        [d.Replace("▁", " "), d.ByteFallback(), d.Fuse(), d.Strip(content=" ", left=1)])
    tokenizer.post_processor = template("<s>:0 $A:0", "<s>:0 $A:0 <s>:1 $B:1", tokenizer, "<s>")
    return tokenizer, dict(bos_token="<s>", eos_token="</s>", unk_token="<unk>")


def gemma():
    tokenizer = sentencepiece_bpe(["<pad>", "<eos>", "<bos>", "<unk>"], 420)
    tokenizer.normalizer = n.Replace(" ", "▁")
    tokenizer.pre_tokenizer = p.Split(" ", "merged_with_previous")
    tokenizer.decoder = d.Sequence([d.Replace("▁", " "), d.ByteFallback(), d.Fuse()])
    tokenizer.post_processor = template("<bos>:0 $A:0", "<bos>:0 $A:0 <bos>:1 $B:1", tokenizer, "<bos>")
    return tokenizer, dict(pad_token="<pad>", eos_token="<eos>", bos_token="<bos>", unk_token="<unk>")


def unigram(vocabulary, unknown, normalizer, pre_tokenizer):
    tokenizer = Tokenizer(models.Unigram(vocabulary, unknown, False))
    tokenizer.normalizer, tokenizer.pre_tokenizer, tokenizer.decoder = normalizer, pre_tokenizer, d.Metaspace()
    return tokenizer


def unigram_pieces(rule):
    pieces = parse(train_sentencepiece(
        LINES, model_type="unigram", vocab_size=400, character_coverage=0.99, normalization_rule_name=rule)).pieces
    return [(piece.piece, piece.score) for piece in pieces[3:]]


def xlm_roberta():
    marks = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    tokenizer = unigram(
        marks + unigram_pieces("identity") + [("<mask>", 0.0)], 3,
        n.Sequence([n.NFKC(), n.Replace(Regex(" {2,}"), " ")]),
        p.Sequence([p.WhitespaceSplit(), p.Metaspace()]))
    tokenizer.add_special_tokens([special(t) for t, _ in marks] + [special("<mask>", lstrip=True)])
    tokenizer.post_processor = template("<s> $A </s>", "<s> $A </s> </s> $B </s>", tokenizer, "<s>", "</s>")
    return tokenizer, ANGLES


def deberta():
    marks = [("[PAD]", 0.0), ("[CLS]", 0.0), ("[SEP]", 0.0), ("[UNK]", 0.0)]
    tokenizer = unigram(
        marks + unigram_pieces("identity"), 3, n.Sequence([n.Strip(), n.NFKC(), n.Replace(Regex(" {2,}"), " ")]),
        p.Sequence([p.Metaspace()]))
    tokenizer.add_special_tokens([special(t) for t in ("[PAD]", "[CLS]", "[SEP]")] + [
        AddedToken("[UNK]", special=True, normalized=True), special("[MASK]")])
    tokenizer.post_processor = template(
        "[CLS]:0 $A:0 [SEP]:0", "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", tokenizer, "[CLS]", "[SEP]")
    return tokenizer, BRACKETS


def albert():
    marks = [("<pad>", 0.0), ("<unk>", 0.0), ("[CLS]", 0.0), ("[SEP]", 0.0), ("[MASK]", 0.0)]
    tokenizer = unigram(
        marks + unigram_pieces("nmt_nfkc_cf"), 1, n.Sequence([
            n.Replace("``", '"'), n.Replace("''", '"'), n.NFKD(), n.StripAccents(), n.Lowercase(),
            n.Replace(Regex(" {2,}"), " ")]),
        p.Sequence([p.WhitespaceSplit(), p.Metaspace()]))
    tokenizer.add_special_tokens([special(t) for t, _ in marks[:4]] + [special("[MASK]", lstrip=True)])
    tokenizer.post_processor = template(
        "[CLS]:0 $A:0 [SEP]:0", "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", tokenizer, "[CLS]", "[SEP]")
    return tokenizer, dict(BRACKETS, pad_token="<pad>", unk_token="<unk>")
