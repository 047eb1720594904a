"""Checkpoints of real size with seeded weights, and texts of an exact number of tokens, from this repository alone.

For machines that reach no network: nothing is fetched and no package's data is read. The vocabulary is the demo
checkpoints' (8,000 word pieces); the embedding table has BERT's 30,522 rows all the same.
"""

import csv
import pathlib
import random
import shutil

import torch
from tokenizers import Tokenizer
from transformers import (
    BertConfig, BertForSequenceClassification, DistilBertConfig, DistilBertForSequenceClassification)

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOKENIZER = ROOT / "models/demo/checkpoint-8000"
LABELS = {0: "negative", 1: "positive"}
SIZES = {
    "minilm-l6": lambda: BertConfig(
        hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536, num_labels=2),
    "distilbert-base": lambda: DistilBertConfig(num_labels=2),
    "bert-base": lambda: BertConfig(num_labels=2),
    # Not of real size: for trying the program itself.
    "tiny": lambda: BertConfig(
        hidden_size=64, num_hidden_layers=2, num_attention_heads=2, intermediate_size=128, num_labels=2),
}
NAMES = ("minilm-l6", "distilbert-base", "bert-base")


def directory(name, cache):
    """The checkpoint's folder, made where it is not there yet."""
    folder = pathlib.Path(cache) / name
    if (folder / "tokenizer.json").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    torch.manual_seed(20)
    config = SIZES[name]()
    config.id2label, config.label2id = LABELS, {label: index for index, label in LABELS.items()}
    family = DistilBertForSequenceClassification if name.startswith("distilbert") else BertForSequenceClassification
    family(config).save_pretrained(folder)
    for file in ("tokenizer_config.json", "special_tokens_map.json", "tokenizer.json"):
        shutil.copy(TOKENIZER / file, folder / file)
    return folder


def texts(tokens, count, directory):
    """Texts of exactly so many tokens, [CLS] and [SEP] included: words of the reviews that are one token each."""
    tokenizer = Tokenizer.from_file(str(pathlib.Path(directory) / "tokenizer.json"))
    with (ROOT / "datasets/reviews.csv").open(newline="", encoding="utf-8") as file:
        words = sorted({word for row in csv.DictReader(file) for word in row["text"].lower().split() if word.isalpha()})
    encoded = tokenizer.encode_batch(words, add_special_tokens=False)
    words = [word for word, encoding in zip(words, encoded)
             if len(encoding.ids) == 1 and encoding.ids[0] != tokenizer.token_to_id("[UNK]")]
    draw = random.Random(tokens)
    sample = [" ".join(draw.choices(words, k=tokens - 2)) for _ in range(count)]
    ids = [encoding.ids for encoding in tokenizer.encode_batch(sample)]
    if any(len(row) != tokens for row in ids):
        raise SystemExit(f"a text has not {tokens} tokens")
    return sample, ids, tokenizer
