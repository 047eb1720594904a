#!/usr/bin/env python3
"""Sampled gradients beside Captum, attention beside transformers and AttnLRP beside LXT, on the processor: seconds per text
and their ratio, in Markdown.

Captum and LXT are called from the word embeddings on, in float32, a text a call, with all samples of the text in one
batch, and with the number of samples a batch that is fastest here; texts are tokenised and the model is loaded before.
Ours is the `salience` command's own scoring time of the same texts. Both use the same threads. AttnLRP stands beside
LXT's patch of Llama, and beside our own scores that take no gradient: the time of one forward pass.

    .venv-bench/bin/python Benchmarks/gradients.py --salience .build/release/salience

LXT is wanted for AttnLRP alone: `pip install --no-deps lxt==2.1`.
"""

import argparse
import os
import pathlib
import statistics
import sys
import time

import torch
from captum.attr import GradientShap, NoiseTunnel, Saliency
from tokenizers import Tokenizer
from transformers import AutoModelForSequenceClassification

import checkpoints
from matrix import real_texts
from perturbation import ours

SAMPLES = 25
BATCHES = (5, 13, 25)
NOISE = f"{{kind: smoothgrad, samples: {SAMPLES}, deviation: 0.1}}"
SAMPLED = f", samples: {SAMPLES}, baselines: [mask], layer: word-embeddings"


class Peer:
    """A model in float32, and texts as token ids."""

    def __init__(self, directory, texts, attention="sdpa"):
        self.model = AutoModelForSequenceClassification.from_pretrained(
            directory, dtype=torch.float32, attn_implementation=attention).eval().requires_grad_(False)
        self.tokenizer = Tokenizer.from_file(str(pathlib.Path(directory) / "tokenizer.json"))
        self.encodings = [self.tokenizer.encode(text) for text in texts]

    def prepare(self, encoding):
        """Word embeddings, and the logit of the predicted class as a function of them."""
        x = self.model.get_input_embeddings()(torch.tensor([encoding.ids])).detach()
        with torch.no_grad():
            target = int(self.model(inputs_embeds=x).logits.argmax())
        return x, lambda hidden: self.model(inputs_embeds=hidden).logits[:, target]

    def mask(self, encoding):
        mask = self.tokenizer.token_to_id("[MASK]")
        ids = torch.where(torch.tensor(encoding.special_tokens_mask) == 1, torch.tensor(encoding.ids), mask)
        return self.model.get_input_embeddings()(ids[None]).detach()

    def smoothgrad(self, encoding, batch):
        x, forward = self.prepare(encoding)
        return NoiseTunnel(Saliency(forward)).attribute(
            x, nt_samples=SAMPLES, nt_samples_batch_size=batch, stdevs=0.1)

    def sampled(self, encoding, batch, deviation):
        # Captum's GradientShap has no batches of its own: as many calls as it takes.
        x, forward = self.prepare(encoding)
        return [GradientShap(forward).attribute(x, baselines=self.mask(encoding), n_samples=min(batch, SAMPLES - done),
                                                stdevs=deviation) for done in range(0, SAMPLES, batch)]

    def relevance(self, encoding, _):
        x, forward = self.prepare(encoding)
        x.requires_grad_(True)
        return (x * torch.autograd.grad(forward(x).sum(), x)[0]).sum(-1)

    @torch.no_grad()
    def attentions(self, encoding, _):
        return self.model(input_ids=torch.tensor([encoding.ids]), output_attentions=True).attentions

    def seconds(self, method, batch, rows):
        start = time.perf_counter()
        for encoding in self.encodings[:rows]:
            method(self, encoding, batch)
        return (time.perf_counter() - start) / rows


METHODS = {
    "saliency": (f", noise: {NOISE}, layer: word-embeddings", Peer.smoothgrad),
    "expected-gradients": (SAMPLED, lambda peer, encoding, batch: peer.sampled(encoding, batch, 0.0)),
    "gradient-shap": (f"{SAMPLED}, deviation: 0.1", lambda peer, encoding, batch: peer.sampled(encoding, batch, 0.1)),
}


ALL = [*METHODS, "attention", "attnlrp"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--salience", default=".build/release/salience")
    parser.add_argument("--model", default="minilm-l6", choices=checkpoints.NAMES)
    parser.add_argument("--cache", default=".build/bench")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rows", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--precision", default="f32", choices=("f32", "bf16"))
    parser.add_argument("--methods", nargs="+", default=ALL, choices=ALL)
    return parser.parse_args()


def sampled_gradients(options, texts):
    directory = checkpoints.directory(options.model, options.cache)
    peer = Peer(directory, texts)
    tokens = statistics.mean(len(encoding.ids) for encoding in peer.encodings)
    print(f"{options.model}, ours in {options.precision}, Captum in f32; {len(texts)} texts of {tokens:.0f} tokens on"
          f" average, {SAMPLES} samples; medians of {options.rounds} rounds\n")
    print("| method | Captum | samples a batch | Salience | ratio |")
    print("| --- | --- | --- | --- | --- |")
    for name in options.methods:
        if name not in METHODS:
            continue
        settings, method = METHODS[name]
        own = ours(options, directory, texts, name, settings)
        batch = min(BATCHES, key=lambda batch: peer.seconds(method, batch, min(4, len(texts))))
        own.run()
        times = [(peer.seconds(method, batch, len(texts)), own.run()[1] / len(texts)) for _ in range(options.rounds)]
        captum, salience = (statistics.median(column) for column in zip(*times))
        label = "`saliency` with noise" if name == "saliency" else f"`{name}`"
        print(f"| {label} | {1000 * captum:.1f} ms | {batch} | {1000 * salience:.1f} ms | {captum / salience:.1f} |",
              flush=True)


def attention(options, texts):
    """Maps of every layer and head, beside transformers' `output_attentions`, which wants its eager attention."""
    directory = checkpoints.directory(options.model, options.cache)
    peer = Peer(directory, texts, attention="eager")
    own = ours(options, directory, texts, "attention", ", top_k: all")
    own.run(), peer.seconds(Peer.attentions, 1, min(4, len(texts)))
    times = [(peer.seconds(Peer.attentions, 1, len(texts)), own.run()[1] / len(texts)) for _ in range(options.rounds)]
    other, salience = (statistics.median(column) for column in zip(*times))
    print(f"\nattention: transformers {1000 * other:.1f} ms, Salience {1000 * salience:.1f} ms per text, ratio"
          f" {other / salience:.1f}")


def relevances(options, texts):
    """AttnLRP beside LXT's on a Llama of seeded weights, and beside one forward pass."""
    from families import GATED, checkpoint
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Scripts" / "fixtures"))
    from compare_with_lxt import patch

    directory = (pathlib.Path(options.cache) / "llama").resolve()
    checkpoint("llama", directory)
    patch("llama")
    peer = Peer(directory, texts, attention="eager")

    def salience(method):
        return ours(options, directory, texts, method, "").run()[1] / len(texts)

    for warm in (lambda: peer.seconds(Peer.relevance, 1, min(4, len(texts))), lambda: salience("attnlrp")):
        warm()
    times = [(peer.seconds(Peer.relevance, 1, len(texts)), salience("attnlrp"), salience("random"))
             for _ in range(options.rounds)]
    lxt, relevance, forward = (statistics.median(column) for column in zip(*times))
    print(f"\nAttnLRP, Llama of {GATED['hidden_size']} and {GATED['num_hidden_layers']} layers: LXT {1000 * lxt:.1f} ms,"
          f" Salience {1000 * relevance:.2f} ms per text, ratio {lxt / relevance:.1f};"
          f" one forward pass {1000 * forward:.2f} ms, ratio {relevance / forward:.1f}")


def main():
    options = arguments()
    torch.set_num_threads(options.threads)
    os.environ["SALIENCE_THREADS"] = str(options.threads)
    texts = real_texts()[: options.rows]
    if any(name in METHODS for name in options.methods):
        sampled_gradients(options, texts)
    if "attention" in options.methods:
        attention(options, texts)
    if "attnlrp" in options.methods:
        relevances(options, texts)


if __name__ == "__main__":
    main()
