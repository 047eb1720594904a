#!/usr/bin/env python3
"""Perturbation methods beside Captum's, on the processor: seconds per text and their ratio, in Markdown.

Captum is given functions of flags, one per token that is no special one, and is timed with one copy of a text in a call
of the model, which is its default, and with the number of copies that is fastest here; texts are tokenised and the model
is loaded before. Ours is the `salience` command's own scoring time of the same texts. Both use the same threads.

    .venv-bench/bin/python Benchmarks/perturbation.py --salience .build/release/salience
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import time

import torch
from captum._utils.models.linear_model import SkLearnLasso
from captum.attr import FeatureAblation, KernelShap, Lime, Occlusion, ShapleyValueSampling
from transformers import AutoModelForSequenceClassification

import checkpoints
from matrix import real_texts
from salience_peer import SaliencePeer, scoring_seconds
from tokenizers import Tokenizer

COPIES = (8, 32, 64)
# Settings of ours, and what Captum is called with.
METHODS = {
    "feature-ablation": ("", lambda f, x, b, k: FeatureAblation(f).attribute(x, b, perturbations_per_eval=k)),
    "occlusion": (", window: 3", lambda f, x, b, k: Occlusion(f).attribute(
        x, sliding_window_shapes=(min(3, x.shape[1]),), baselines=b, perturbations_per_eval=k)),
    "lime": (", samples: 256", lambda f, x, b, k: Lime(f, interpretable_model=SkLearnLasso(alpha=0.01)).attribute(
        x, baselines=b, n_samples=256, perturbations_per_eval=k)),
    "kernel-shap": (", samples: 256", lambda f, x, b, k: KernelShap(f).attribute(
        x, b, n_samples=256, perturbations_per_eval=k)),
    "shapley-sampling": (", samples: 25", lambda f, x, b, k: ShapleyValueSampling(f).attribute(
        x, b, n_samples=25, perturbations_per_eval=k)),
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--salience", default=".build/release/salience")
    parser.add_argument("--model", default="minilm-l6", choices=checkpoints.NAMES)
    parser.add_argument("--cache", default=".build/bench")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rows", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--precision", default="f32", choices=("f32", "bf16"))
    parser.add_argument("--methods", nargs="+", default=list(METHODS), choices=list(METHODS))
    return parser.parse_args()


class Captum:
    """A model in float32, and texts as flags of their tokens."""

    def __init__(self, directory, texts):
        self.model = AutoModelForSequenceClassification.from_pretrained(
            directory, dtype=torch.float32, attn_implementation="sdpa").eval().requires_grad_(False)
        tokenizer = Tokenizer.from_file(str(pathlib.Path(directory) / "tokenizer.json"))
        self.mask = tokenizer.token_to_id("[MASK]")
        self.encodings = [tokenizer.encode(text) for text in texts]

    @torch.no_grad()
    def explain(self, encoding, method, copies):
        ids = torch.tensor([encoding.ids])
        words = torch.tensor(encoding.special_tokens_mask) == 0
        target = int(self.model(input_ids=ids).logits.argmax())

        def value(flags):
            changed = ids.repeat(len(flags), 1)
            changed[:, words] = torch.where(flags > 0.5, changed[:, words], self.mask)
            return self.model(input_ids=changed).logits[:, target]

        whole = torch.ones(1, int(words.sum()))
        return method(value, whole, torch.zeros_like(whole), copies)

    def seconds(self, method, copies, rows):
        start = time.perf_counter()
        for encoding in self.encodings[:rows]:
            self.explain(encoding, method, copies)
        return (time.perf_counter() - start) / rows


def ours(options, directory, texts, name, settings):
    """Seconds of scoring per text."""
    peer = SaliencePeer(options.salience, directory, texts, pathlib.Path(options.cache) / "perturbation", 1,
                        precision=options.precision)
    pipeline = peer.pipeline.read_text()
    start, end = pipeline.index("methods:"), pipeline.index("device:")
    peer.pipeline.write_text(f"{pipeline[:start]}methods: [{{name: {name}{settings}}}]\n{pipeline[end:]}")
    return peer


def main():
    options = arguments()
    torch.set_num_threads(options.threads)
    os.environ["SALIENCE_THREADS"] = str(options.threads)
    directory = checkpoints.directory(options.model, options.cache)
    texts = real_texts()[: options.rows]
    captum = Captum(directory, texts)
    tokens = statistics.mean(len(encoding.ids) for encoding in captum.encodings)
    print(f"{options.model}, ours in {options.precision}, Captum in f32; {len(texts)} texts of {tokens:.0f} tokens on"
          f" average; medians of {options.rounds} rounds\n")
    print("| method | Captum, default | Captum, batched | copies a call | Salience | ratio to default | to batched |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name in options.methods:
        settings, method = METHODS[name]
        peer = ours(options, directory, texts, name, settings)
        few = min(3, len(texts))
        copies = min(COPIES, key=lambda copies: captum.seconds(method, copies, few))
        peer.run()
        figures = {"default": [], "batched": [], "ours": []}
        for _ in range(options.rounds):
            figures["default"].append(captum.seconds(method, 1, few))
            figures["batched"].append(captum.seconds(method, copies, len(texts)))
            figures["ours"].append(peer.run()[1] / len(texts))
        default, batched, own = (statistics.median(values) for values in figures.values())
        print(f"| `{name}` | {1000 * default:.0f} ms | {1000 * batched:.0f} ms | {copies} | {1000 * own:.1f} ms |"
              f" {default / own:.1f} | {batched / own:.1f} |", flush=True)


if __name__ == "__main__":
    main()
