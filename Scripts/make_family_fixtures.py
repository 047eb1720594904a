#!/usr/bin/env python3
"""Makes Tests/Fixtures/families: small seeded checkpoints of every model family and head, and their reference values.

Needs: torch, transformers 5, tokenizers, sentencepiece, protobuf, safetensors, captum 0.9, numpy.

    python Scripts/make_family_fixtures.py [NAME ...]           checkpoints and cases of these folders, or of all
    python Scripts/make_family_fixtures.py --cases [NAME ...]   cases alone, of the checkpoints that stand there
    python Scripts/make_family_fixtures.py --check [NAME ...]   recompute and compare, write nothing

Every number is computed in float64 from the weights as the file rounds them; Captum's LayerIntegratedGradients must
agree in float64 and in float32. A seed whose weights give no clear reference (a tie between two outputs, a gradient
that jumps where float32 cannot tell the side) is passed over for the next one. README.md beside the files describes
their layout.
"""

import argparse
import json
import shutil
import zlib

import numpy as np
import torch
import transformers

from family_cases import CaseMaker
from family_checkpoints import every_folder, write_checkpoint
from family_plans import PLANS
from family_reference import FamilyReference, Unfit
from make_reference_fixtures import ROOT

FIXTURES = ROOT / "Tests" / "Fixtures" / "families"
# The largest of some 30 attention weights, in the mean over queries: equal ones are at 0.03.
SHARP = 0.4
SEEDS = 40


def make_cases(spec, directory):
    marks = json.loads((directory / "tokenizer_config.json").read_text(encoding="utf-8"))
    exact, single = (FamilyReference(spec, directory, dtype) for dtype in (torch.float64, torch.float32))
    maker = CaseMaker(spec, directory, marks, exact, single)
    maker.add_inputs()
    if maker.attention_peak < SHARP:
        raise Unfit(f"the mean of the largest attention weights is {maker.attention_peak:.2f}")
    PLANS[spec["head"]](maker)
    return maker.result()


def make(spec, directory, cases_only):
    if cases_only:
        return make_cases(spec, directory)
    for seed in range(zlib.crc32(spec["name"].encode()) % 10_000 * 100, 2**31):
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        write_checkpoint(spec, directory, seed)
        try:
            return dict(make_cases(spec, directory), seed=seed)
        except Unfit as reason:
            print(f"{spec['name']}: seed {seed} is passed over: {reason}", flush=True)
            if seed % 100 == SEEDS:
                raise


def write_cases(path, value):
    """One input or case a line, so that a changed one is one changed line."""
    head = {k: v for k, v in value.items() if k not in ("inputs", "cases")}
    text = json.dumps(head, separators=(",", ":"))[:-1]
    for key in ("inputs", "cases"):
        lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in value[key])
        text += f',"{key}":[\n{lines}\n]'
    path.write_text(text + "}\n", encoding="utf-8")


def compare(path, value):
    stored = json.loads(path.read_text(encoding="utf-8"))
    assert [c["id"] for c in stored["cases"]] == [c["id"] for c in value["cases"]], path
    for old, new in zip(stored["inputs"], value["inputs"]):
        assert {k: v for k, v in old.items() if k != "logits"} | {"probability": 0} == {
            k: v for k, v in new.items() if k != "logits"} | {"probability": 0}, (path, old["name"])
    for old, new in zip(stored["cases"], value["cases"]):
        for a, b in zip(old["explanations"], new["explanations"], strict=True):
            difference = np.abs(np.array(a["token_scores"]) - np.array(b["token_scores"])).max()
            assert difference <= 1e-6 * max(1.0, a["attribution_norm"]), (path, old["id"], difference)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="folders; all without")
    parser.add_argument("--cases", action="store_true", help="keep the checkpoints that stand there")
    parser.add_argument("--check", action="store_true", help="recompute and compare with the stored cases")
    options = parser.parse_args()
    torch.set_num_threads(1)  # the models are too small for more
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    for spec in every_folder():
        if options.names and spec["name"] not in options.names:
            continue
        directory = FIXTURES / spec["name"]
        try:
            value = make(spec, directory, options.cases or options.check)
        except Unfit as reason:
            parser.exit(1, f"{spec['name']}: {reason}\n")
        path = directory / "cases.json"
        if options.check:
            compare(path, value)
        else:
            seed = json.loads(path.read_text(encoding="utf-8"))["seed"] if options.cases else value["seed"]
            write_cases(path, dict(value, seed=seed))
        print(f"{spec['name']}: {len(value['inputs'])} inputs, {len(value['cases'])} cases, attention "
              f"{value['attention_peak']:.2f}, float32 within {value['float32_worst']:.1e} of the norm, "
              f"{path.stat().st_size // 1024} KB", flush=True)


if __name__ == "__main__":
    main()
