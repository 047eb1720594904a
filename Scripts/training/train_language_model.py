#!/usr/bin/env python3
"""Train the checkpoint in models/language-model: a small GPT-2 on the novels of Jane Austen.

Needs: torch, transformers, tokenizers, safetensors, numpy; apt-get for the texts.

    python Scripts/training/train_language_model.py --output models/language-model [--package r-cran-janeaustenr_1.0.0-1_all.deb]
    python Scripts/training/train_language_model.py --evaluate models/language-model

Seeds are fixed, yet another processor or torch version rounds otherwise and gives slightly different weights.
"""

import argparse
import json
import math
import pathlib
import time

import numpy as np
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch.nn import functional as F
from transformers import AutoModelForCausalLM, GPT2Config, GPT2LMHeadModel

import austen_texts
from train_demo_models import Both, half, log

VOCABULARY, WIDTH, LAYERS, HEADS, POSITIONS = 2000, 128, 3, 4, 128
RATE, BATCH = 3e-3, 16
ACTIVATION = "gelu_pytorch_tanh", "gelu_new"   # one function: the faster code of it, and the name that GPT-2 has for it
EVERY = 250     # steps from one report to the next
END = "<|endoftext|>"


def train_tokenizer(texts):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=[END], show_progress=False,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet())))
    return tokenizer


def stream(tokenizer, paragraphs):
    """All tokens in a row, a line feed after each paragraph, and where paragraphs begin."""
    ids, starts = [], []
    for encoding in tokenizer.encode_batch([paragraph + "\n" for paragraph in paragraphs]):
        starts.append(len(ids))
        ids += encoding.ids
    return torch.tensor(ids), np.array(starts)


def windows(ids, starts, generator):
    """A batch of windows: half of them begin with a paragraph, as prompts do, the others anywhere."""
    last = len(ids) - POSITIONS
    chosen = np.where(generator.random(BATCH) < 0.5, generator.choice(starts[starts < last], BATCH),
                      generator.integers(0, last, BATCH))
    return torch.stack([ids[i:i + POSITIONS] for i in chosen])


def loss_of(model, batch):
    logits = model(input_ids=batch).logits
    return F.cross_entropy(logits[:, :-1].reshape(-1, logits.shape[-1]).float(), batch[:, 1:].reshape(-1))


@torch.no_grad()
def perplexity(model, ids):
    model.eval()
    parts = ids[:len(ids) // POSITIONS * POSITIONS].view(-1, POSITIONS)
    with half():
        return math.exp(np.mean([loss_of(model, part).item() for part in parts.split(BATCH)]))


def train(tokenizer, paragraphs, held_out, steps, output):
    torch.manual_seed(1)
    generator = np.random.default_rng(1)
    ids, starts = stream(tokenizer, paragraphs)
    probe, _ = stream(tokenizer, held_out)
    end = tokenizer.token_to_id(END)
    model = GPT2LMHeadModel(GPT2Config(
        vocab_size=tokenizer.get_vocab_size(), n_positions=POSITIONS, n_embd=WIDTH, n_layer=LAYERS, n_head=HEADS,
        resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, bos_token_id=end, eos_token_id=end,
        activation_function=ACTIVATION[0], attn_implementation="eager"))
    log(f"{len(ids)} tokens, {sum(p.numel() for p in model.parameters())} parameters")
    optimizer = Both(model, ".h.", RATE, steps)
    losses, began = [], time.monotonic()
    for step in range(1, steps + 1):
        model.train()
        with half():
            loss = loss_of(model, windows(ids, starts, generator))
        optimizer.step(loss)
        losses.append(loss.item())
        if step % EVERY == 0 or step == steps:
            log(f"step {step} loss {np.mean(losses[-250:]):.4f} held out {perplexity(model, probe):.2f} "
                f"{time.monotonic() - began:.0f} s")
            print("   ", continued(model, tokenizer, "She had been"), flush=True)
            write_checkpoint(model, tokenizer, output)


@torch.no_grad()
def continued(model, tokenizer, prompt, tokens=35):
    model.eval()
    ids = model.generate(torch.tensor([tokenizer.encode(prompt).ids]), max_new_tokens=tokens, do_sample=False,
                         pad_token_id=tokenizer.token_to_id(END))
    return tokenizer.decode(ids[0].tolist())


def write_checkpoint(model, tokenizer, directory):
    directory.mkdir(parents=True, exist_ok=True)
    model.config.architectures = ["GPT2LMHeadModel"]
    model.config.dtype = torch.float16
    model.config.save_pretrained(directory)
    path = directory / "config.json"
    path.write_text(path.read_text(encoding="utf-8").replace(*ACTIVATION), encoding="utf-8")
    # The output matrix is the table of embeddings, kept once.
    state = {name: tensor.detach().half().contiguous() for name, tensor in model.state_dict().items()
             if name != "lm_head.weight"}
    save_file(state, directory / "model.safetensors", metadata={"format": "pt"})
    tokenizer.save(str(directory / "tokenizer.json"))
    settings = dict(bos_token=END, eos_token=END, unk_token=END, add_prefix_space=False, model_max_length=POSITIONS,
                    tokenizer_class="GPT2Tokenizer")
    (directory / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


def evaluate(directory, held_out):
    model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32)
    tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
    ids, _ = stream(tokenizer, held_out)
    right, count = 0, 0
    with torch.no_grad():
        for part in ids[:len(ids) // POSITIONS * POSITIONS].view(-1, POSITIONS).split(BATCH):
            guesses = model(input_ids=part).logits[:, :-1].argmax(-1)
            right += (guesses == part[:, 1:]).sum().item()
            count += guesses.numel()
    print(f"{directory}: perplexity {perplexity(model, ids):.1f} a token, {right / count:.1%} of {count} next tokens "
          f"right, {sum(map(len, held_out)) / len(ids):.2f} letters a token")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=pathlib.Path)
    parser.add_argument("--package", help="r-cran-janeaustenr_1.0.0-1_all.deb; fetched with apt-get otherwise")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--evaluate", type=pathlib.Path, metavar="CHECKPOINT")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    paragraphs, held_out = austen_texts.split(options.package)
    if options.evaluate:
        return evaluate(options.evaluate, held_out)
    if not options.output:
        parser.error("--output is needed")
    tokenizer = train_tokenizer(paragraphs)
    train(tokenizer, paragraphs, held_out, options.steps, options.output)


if __name__ == "__main__":
    main()
