#!/usr/bin/env python3
"""Train the checkpoint in models/reader: a small BERT that answers questions on a paragraph.

Needs: torch, transformers, tokenizers, safetensors, numpy; pip for the names of people and places.

    python Scripts/training/train_reader.py --output DIR [--packages DIR]
    python Scripts/training/train_reader.py --from DIR --seed 4 --steps 5000 --output DIR2 [--packages DIR]
    python Scripts/training/train_reader.py --from DIR2 --seed 8 --steps 2200 --rate 1.5e-3 --output models/reader
    python Scripts/training/train_reader.py --evaluate models/reader     fails where too few questions are answered right

Seeds are fixed, yet another processor or torch version rounds otherwise and gives slightly different weights.
"""

import argparse
import itertools
import json
import pathlib
import time

import numpy as np
import torch
from torch.nn import functional as F
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import AutoModelForQuestionAnswering, BertConfig, BertForQuestionAnswering

import reader_texts
from train_demo_models import SPECIALS, Both, batches, half, log, padded, train_tokenizer

ROOT = pathlib.Path(__file__).resolve().parents[2]
JUDGES = [ROOT / "datasets" / name for name in ("questions.json", "more-questions.json")]   # never trained on
VOCABULARY, WIDTH, LAYERS, HEADS, POSITIONS = 4000, 128, 6, 4, 128
RATE, BATCH = 2e-3, 32
POOL, SHORT = 50, 500                    # batches that are made at a time; steps of short paragraphs
EVERY = 200                              # steps from one report to the next
UNANSWERED, CUT, BLANK = 0.08, 0.12, 0.02   # shares: no answer there, part of a longer text, nothing but [PAD]
HELD = 0.75                              # of the windows of long paragraphs: those that hold the answer
LEAST = 0.85                             # share of each file's questions that --evaluate asks for
LONGEST, STRIDE = 15, 32                 # tokens of an answer; those that two windows share


def encoded(tokenizer, example, generator=None):
    """Token ids, segments and the answer's first and last token; [CLS] is both where the answer is not there."""
    encoding = tokenizer.encode(example.question, example.context)
    ids, segments = list(encoding.ids), list(encoding.type_ids)
    inside = [i for i, (sequence, (start, end)) in enumerate(zip(encoding.sequence_ids, encoding.offsets))
              if sequence == 1 and example.start <= start and end <= example.start + len(example.answer)]
    first, last = (inside[0], inside[-1]) if inside and example.start >= 0 else (0, 0)
    context = [i for i, sequence in enumerate(encoding.sequence_ids) if sequence == 1]
    low, high = context[0], context[-1] + 1
    since = next((i for i in context if encoding.offsets[i][0] >= example.since), low)
    room = POSITIONS - 1 - context[0]
    if generator is not None and generator.random() < CUT:   # what a window of a longer text would hold
        low, high = sorted(generator.integers(low, high + 1, 2).tolist())
        high = max(high, low + 1)
    elif generator is not None and high - low > room:        # a window that mostly holds the answer
        holding = range(max(low, last + 1 - room), min(since, high - room) + 1) if generator.random() < HELD else ()
        low = int(generator.choice(holding or range(low, high - room + 1)))
    high = min(high, low + room)
    kept = [*range(context[0]), *range(low, high), len(ids) - 1]
    if not low <= min(since, first) <= last < high:
        first, last = 0, 0
    else:
        first, last = kept.index(first), kept.index(last)
    ids, segments = [ids[i] for i in kept], [segments[i] for i in kept]
    if generator is not None and generator.random() < BLANK:
        ids, first, last = [i if i in (2, 3) else 0 for i in ids], 0, 0
    return ids, segments, first, last


def endless(writer, tokenizer, generator, begin, size):
    """Batches of new examples, those of one batch of like lengths; short ones to begin with."""
    for pool in itertools.count(1):
        short = begin and pool * POOL <= SHORT
        made = [encoded(tokenizer, writer.example(generator.random() >= UNANSWERED, short), generator)
                    for _ in range(size * POOL)]
        for part in batches([len(ids) for ids, *_ in made], size, generator):
            yield [made[i] for i in part]


def logits_of(model, batch):
    ids, mask = padded([ids for ids, *_ in batch])
    segments, _ = padded([segments for _, segments, *_ in batch])
    output = model(input_ids=ids, attention_mask=mask, token_type_ids=segments)
    hidden = (1 - mask) * -1e4
    return output.start_logits.float() + hidden, output.end_logits.float() + hidden


@torch.no_grad()
def answer(model, tokenizer, question, context):
    """The best span of all windows of the context as it is written there, whole words."""
    model.eval()
    encoding = tokenizer.encode(question, context)
    ids, sequences = encoding.ids, encoding.sequence_ids
    first, last, found = sequences.index(1), len(ids) - 1, []
    room = POSITIONS - first - 1
    for low in range(first, max(first + 1, last - STRIDE), room - STRIDE):
        high = min(low + room, last)
        kept = [*range(first), *range(low, high), last]
        start, end = (side[0] for side in logits_of(
            model, [([ids[i] for i in kept], [encoding.type_ids[i] for i in kept])]))
        allowed = torch.tensor([i == 0 or sequences[i] == 1 for i in kept])
        start, end = (side.masked_fill(~allowed, -1e4).softmax(-1) for side in (start, end))
        spans = (start[1:, None] * end[None, 1:]).triu().tril(LONGEST - 1)   # [CLS] is no answer
        best = spans.flatten().argmax().item()
        begin, end = (kept[1 + i] for i in divmod(best, len(kept) - 1))
        found.append((spans.max().item(), begin, end, kept))
    begin, end, kept = max(found)[1:]
    words, offsets = encoding.word_ids, encoding.offsets   # a word that a window cuts is as long as its part there

    def word(i):
        own = [offsets[j] for j in kept if sequences[j] == 1 and words[j] == words[i]]
        return min(own)[0], max(end for _, end in own)

    return context[word(begin)[0]:word(end)[1]]


def share_right(model, tokenizer, writer, count):
    examples = [writer.example() for _ in range(count)]
    return np.mean([answer(model, tokenizer, e.question, e.context) == e.answer for e in examples])


def questions(path=JUDGES[0]):
    """(question, context, answer) of a file of questions."""
    data = json.loads(path.read_text(encoding="utf-8"))["data"]
    return [(entry["question"], paragraph["context"], entry["answers"][0]["text"])
            for article in data for paragraph in article["paragraphs"] for entry in paragraph["qas"]]


def grow(model, state):
    """Loads a checkpoint that may have fewer layers: those that it lacks add nothing to begin with."""
    missing, surplus = model.load_state_dict({name: tensor.float() for name, tensor in state.items()}, strict=False)
    if surplus or any(".layer." not in name for name in missing):
        raise SystemExit(f"the checkpoint is of another kind: {surplus or missing}")
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name in missing and name.endswith((".output.dense.weight", ".output.dense.bias")):
                parameter.zero_()


def train(packages, steps, output, start, rate, seed, size):
    torch.manual_seed(1)
    generator = np.random.default_rng(1)
    own = " ".join(path.read_text(encoding="utf-8") for path in JUDGES)   # their names are held out too
    writer, probe = (reader_texts.Writer(packages, held_out, seed, own)
                     for held_out, seed in ((False, seed), (True, 2)))
    if start:
        tokenizer = Tokenizer.from_file(str(start / "tokenizer.json"))
    else:
        texts = [f"{e.question} {e.context}" for e in (writer.example() for _ in range(10_000))]
        tokenizer = train_tokenizer(texts, VOCABULARY)
    model = BertForQuestionAnswering(BertConfig(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=WIDTH, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
        intermediate_size=2 * WIDTH, max_position_embeddings=POSITIONS, hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0, attn_implementation="eager"))
    if start:
        grow(model, load_file(start / "model.safetensors"))
    log(f"{sum(p.numel() for p in model.parameters())} parameters, {tokenizer.get_vocab_size()} tokens")
    optimizer = Both(model, ".layer.", rate, steps, warmup=min(150, steps // 10))
    losses, began = [], time.monotonic()
    for step, batch in zip(range(1, steps + 1), endless(writer, tokenizer, generator, not start, size)):
        model.train()
        with half():
            sides = logits_of(model, batch)
        loss = sum(F.cross_entropy(side, torch.tensor([row[2 + i] for row in batch])) for i, side in enumerate(sides))
        optimizer.step(loss)
        losses.append(loss.item())
        if step % 50 == 0:
            log(f"step {step} loss {np.mean(losses[-50:]):.4f} {time.monotonic() - began:.0f} s")
        if step % EVERY == 0 or step == steps:
            right = share_right(model, tokenizer, probe, 60)
            own = np.mean([answer(model, tokenizer, q, c) == a for q, c, a in questions()[::3]])
            log(f"step {step} loss {np.mean(losses[-250:]):.4f} held-out names {right:.3f} own questions {own:.3f} "
                f"{time.monotonic() - began:.0f} s")
            write_checkpoint(model, tokenizer, output)


def write_checkpoint(model, tokenizer, directory):
    directory.mkdir(parents=True, exist_ok=True)
    model.config.architectures = ["BertForQuestionAnswering"]
    model.config.dtype = torch.float16
    model.config.save_pretrained(directory)
    state = {name: tensor.detach().half().contiguous() for name, tensor in model.state_dict().items()}
    save_file(state, directory / "model.safetensors", metadata={"format": "pt"})
    tokenizer.save(str(directory / "tokenizer.json"))
    tokens = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), SPECIALS))
    settings = dict(tokens, do_lower_case=True, model_max_length=POSITIONS, tokenizer_class="BertTokenizer")
    (directory / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


def evaluate(directory, packages):
    """Prints every answer; false where less than LEAST of a file's questions are answered exactly right."""
    model = AutoModelForQuestionAnswering.from_pretrained(directory, dtype=torch.float32)
    tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
    probe, enough = reader_texts.Writer(packages, True, 3), True
    print(f"held-out names, 500 questions: {share_right(model, tokenizer, probe, 500):.1%} exactly right")
    for path in JUDGES:
        asked, right = questions(path), 0
        for question, context, expected in asked:
            found = answer(model, tokenizer, question, context)
            right += found == expected
            print("right" if found == expected else f"WRONG, not {expected!r}:", f"{question} {found!r}")
        print(f"{path.name}: {right} of {len(asked)} exactly right, {right / len(asked):.1%}")
        enough = enough and right >= LEAST * len(asked)
    return enough


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=pathlib.Path)
    parser.add_argument("--packages", help="folder with the packages of reader_texts.py; fetched with pip otherwise")
    parser.add_argument("--from", dest="start", type=pathlib.Path, help="a checkpoint to go on from")
    parser.add_argument("--steps", type=int, default=1600)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--batch", type=int, default=BATCH)
    parser.add_argument("--seed", type=int, default=1, help="of the paragraphs; another one to go on with")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--evaluate", type=pathlib.Path, metavar="CHECKPOINT")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    packages = reader_texts.open_packages(options.packages)
    if options.evaluate:
        raise SystemExit(0 if evaluate(options.evaluate, packages) else f"fewer than {LEAST:.0%} exactly right")
    if not options.output:
        parser.error("--output is needed")
    train(packages, options.steps, options.output, options.start, options.rate, options.seed, options.batch)


if __name__ == "__main__":
    main()
