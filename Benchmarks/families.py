"""Whether each model family makes as much of the machine as BERT does.

python Benchmarks/families.py [--salience PATH] [--rows 24] [--rounds 3] [--families bert roberta ...]

Seeded sequence classifiers of about MiniLM-L6's size (6 layers, 384 wide; 4 wide heads of 64 where rotary positions ask
for them), scored in turns on the same texts at 50 steps. FLOPs are those of the products and of attention that
Salience's own kernels count; the rate is theirs over the time of all kernels, beside oneDNN's product in the same run.
It exits 1 where a family stays more than 20 % below BERT's share of that rate.
"""

import argparse
import csv
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

import torch
import transformers

from seeded_models import LABELS, ROOT, TOKENIZER
from tables import table

transformers.utils.logging.disable_progress_bar()

WIDE = {"hidden_size": 384, "num_hidden_layers": 6, "num_attention_heads": 6, "intermediate_size": 1536}
# A gated unit has three matrices where another has two.
GATED = WIDE | {"intermediate_size": 1024, "num_key_value_heads": 2, "vocab_size": 8000}
FAMILIES = {
    "bert": ("Bert", WIDE), "distilbert": ("DistilBert", {"dim": 384, "n_layers": 6, "n_heads": 6, "hidden_dim": 1536}),
    "roberta": ("Roberta", WIDE | {"vocab_size": 8000, "max_position_embeddings": 514}),
    "electra": ("Electra", WIDE | {"embedding_size": 128}),
    "albert": ("Albert", WIDE | {"embedding_size": 128, "vocab_size": 8000}),
    "deberta-v2": ("DebertaV2", WIDE | {
        "vocab_size": 8000, "relative_attention": True, "position_buckets": 256, "norm_rel_ebd": "layer_norm",
        "share_att_key": True, "pos_att_type": ["p2c", "c2p"], "position_biased_input": False, "type_vocab_size": 0,
        "max_relative_positions": -1, "pooler_hidden_size": 384}),
    "modernbert": ("ModernBert", WIDE | {"intermediate_size": 1024, "vocab_size": 8000, "pad_token_id": 0}),
    "gpt2": ("GPT2", {"n_embd": 384, "n_layer": 6, "n_head": 6, "vocab_size": 8000}),
    "llama": ("Llama", GATED), "qwen2": ("Qwen2", GATED), "qwen3": ("Qwen3", GATED | {"head_dim": 64}),
    "gemma": ("Gemma", GATED | {"head_dim": 64}),
}
TOKENS = {"pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3}


def checkpoint(name, folder):
    """A seeded checkpoint with the demo's tokenizer; weights are small enough for every family's numbers to be finite."""
    prefix, settings = FAMILIES[name]
    torch.manual_seed(20)
    config = getattr(transformers, f"{prefix}Config")(**(TOKENS | settings))
    config.id2label, config.label2id = LABELS, {label: index for index, label in LABELS.items()}
    getattr(transformers, f"{prefix}ForSequenceClassification")(config).save_pretrained(folder)
    for file in ("tokenizer_config.json", "special_tokens_map.json", "tokenizer.json"):
        shutil.copy(TOKENIZER / file, folder / file)


def measure(salience, folder, texts):
    """GFLOP/s of a run's kernels, and the rate of oneDNN's product beside them."""
    run = folder.parent / f"{folder.name}-run"
    pipeline = folder.parent / f"{folder.name}.json"
    pipeline.write_text(json.dumps({
        "models": [str(folder)], "dataset": {"path": str(texts), "columns": {"text": "text"}}, "device": "cpu",
        "methods": [{"name": "integrated-gradients", "steps": 50}], "output": {"directory": str(run)}}))
    subprocess.run([salience, "run", pipeline, "--overwrite", "--quiet", "--profile"], check=True,
                   stderr=subprocess.PIPE)
    profile = json.loads((run / "run.json").read_text())["profile"]
    flops = sum(kernel["flops"] for kernel in profile["kernels"])
    return flops / profile["kernel_seconds"] * profile["lanes"], profile["ceilings"]["flops_per_second"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--salience", default=ROOT / ".build/release/salience", type=pathlib.Path)
    parser.add_argument("--rows", default=24, type=int)
    parser.add_argument("--rounds", default=3, type=int)
    parser.add_argument("--families", nargs="+", default=list(FAMILIES), choices=FAMILIES)
    arguments = parser.parse_args()
    names = ["bert", *(name for name in arguments.families if name != "bert")]
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        texts = scratch / "texts.csv"
        with (ROOT / "datasets/reviews.csv").open(newline="", encoding="utf-8") as source, \
                texts.open("w", newline="", encoding="utf-8") as target:
            writer = csv.writer(target)
            writer.writerow(["text"])
            writer.writerows([row["text"]] for _, row in zip(range(arguments.rows), csv.DictReader(source)))
        for name in names:
            checkpoint(name, scratch / name)
        rounds = [{name: measure(arguments.salience, scratch / name, texts) for name in names}
                  for _ in range(arguments.rounds)]
    rows, slow = [], []
    for name in names:
        rate = statistics.median(own[name][0] for own in rounds)
        share = statistics.median(own[name][0] / own[name][1] for own in rounds)
        beside = statistics.median((own[name][0] / own[name][1]) / (own["bert"][0] / own["bert"][1]) for own in rounds)
        rows.append([name, f"{rate / 1e9:.0f}", f"{share:.0%}", f"{beside:.2f}"])
        if beside < 0.8:
            slow.append(f"{name} reaches {beside:.2f} of BERT's share")
    print(table(["family", "GFLOP/s", "of matmul rate", "beside BERT"], rows))
    if slow:
        sys.exit("; ".join(slow))


if __name__ == "__main__":
    main()
