#!/usr/bin/env python3
"""Make the reference values for noisy inputs, Tests/Fixtures/attribution/noise.json.

Needs what make_reference_fixtures.py needs, and its cases. The generator is written here a second time, from the
papers, and checked against its authors' known answers. Every stored number is computed in float64 by plain loops; the
real NoiseTunnel of captum, given the same noise, must agree: the script stops when it does not.

    python Scripts/make_noise_fixtures.py             write
    python Scripts/make_noise_fixtures.py --check     recompute and compare, write nothing
"""

import argparse
import json

import numpy as np
import torch
import transformers
from captum.attr import IntegratedGradients, NoiseTunnel

import make_reference_fixtures as reference

MASK = 0xFFFFFFFF
PATH = reference.FIXTURES / "noise.json"
KINDS = {"smoothgrad": "smoothgrad", "smoothgrad-squared": "smoothgrad_sq", "vargrad": "vargrad"}

# Random123's kat_vectors for philox4x32 with 10 rounds: counter, key, result.
PHILOX_KNOWN_ANSWERS = [
    ([0, 0, 0, 0], [0, 0], [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
    ([MASK] * 4, [MASK] * 2, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
    ([0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344], [0xA4093822, 0x299F31D0],
     [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1]),
]
# Of no byte, of "a" and of "foobar" (draft-eastlake-fnv); the first outputs of SplitMix64 from state 0.
FNV_KNOWN_ANSWERS = {b"": 0xCBF29CE484222325, b"a": 0xAF63DC4C8601EC8C, b"foobar": 0x85944171F73967E8}
SPLITMIX_KNOWN_ANSWERS = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]

# (checkpoint, case of its cases.json, samples, standard deviation, seed)
CASES = [
    ("bert-2-f32", "ordinary-1/embeddings/gauss-legendre-10/pad/predicted", 8, 0.1, 0),
    ("bert-2-f32", "ordinary-1/embeddings/riemann-trapezoid-10/pad/predicted", 3, 0.5, 7),
    ("bert-2-f32", "ordinary-2/embeddings/gauss-legendre-20/zero/predicted", 4, 0.1, 1),
    ("bert-3-bf16", "pair-1/word-embeddings/gauss-legendre-20/pad/predicted", 4, 0.2, 4294967295),
    ("bert-3-bf16", "pair-1/embeddings/gauss-legendre-20/mask+special/predicted", 2, 0.1, 0),
    ("bert-93-f16-sharded", "one-token/embeddings/gauss-legendre-50/pad/predicted", 5, 0.3, 0),
    ("distilbert-2-f16", "empty/embeddings/gauss-legendre-50/pad/predicted", 3, 0.1, 0),
    ("distilbert-3-f32-sharded", "pair-2/embeddings/gauss-legendre-20/pad/positive - negative", 4, 0.1, 3),
    ("distilbert-93-bf16", "ordinary-3/encoder layer 0/gauss-legendre-20/pad/predicted", 4, 0.1, 0),
    ("demo-checkpoint-0100", "movie-10468/embeddings/gauss-legendre-50/pad/predicted", 8, 0.1, 0),
    ("demo-checkpoint-8000", "movie-10468/embeddings/gauss-legendre-50/pad/predicted", 8, 0.1, 0),
    ("demo-checkpoint-8000", "product-257_7/embeddings/gauss-legendre-50/pad/predicted", 5, 0.3, 11),
]


# --- Noise ---------------------------------------------------------------------------------------------------

def philox(counter, key):
    """Philox-4x32-10 (Salmon et al., SC 2011): four words from four words of counter and two of key."""
    x, k = [np.asarray(c, dtype=np.uint64) for c in counter], list(key)
    for _ in range(10):
        a, b = x[0] * np.uint64(0xD2511F53), x[2] * np.uint64(0xCD9E8D57)
        high, low = np.uint64(32), np.uint64(MASK)
        x = [(b >> high) ^ x[1] ^ np.uint64(k[0]), b & low, (a >> high) ^ x[3] ^ np.uint64(k[1]), a & low]
        k = [(k[0] + 0x9E3779B9) & MASK, (k[1] + 0xBB67AE85) & MASK]
    return x


def normals(seed, rows, width):
    """Standard normals [rows, width]: columns 4b to 4b + 3 of a row by Box and Muller from counter (b, row, 0, 0)."""
    row, block = np.meshgrid(np.arange(rows), np.arange((width + 3) // 4), indexing="ij")
    words = [w >> np.uint64(8) for w in philox((block, row, 0 * row, 0 * row), (seed & MASK, seed >> 32))]
    result = np.empty(row.shape + (4,))
    for i in (0, 2):
        radius = np.sqrt(-2 * np.log((words[i] + np.uint64(1)).astype(float) / 2 ** 24))
        angle = 2 * np.pi * words[i + 1].astype(float) / 2 ** 24
        result[..., i], result[..., i + 1] = radius * np.cos(angle), radius * np.sin(angle)
    return result.reshape(rows, -1)[:, :width]


def fnv(data):
    """64-bit FNV-1a."""
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2 ** 64
    return value


def splitmix(state, count):
    """The first outputs of SplitMix64."""
    outputs = []
    for i in range(1, count + 1):
        z = (state + i * 0x9E3779B97F4A7C15) % 2 ** 64
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % 2 ** 64
        z = (z ^ z >> 27) * 0x94D049BB133111EB % 2 ** 64
        outputs.append(z ^ z >> 31)
    return outputs


def sample_seeds(case, method, seed, count):
    """One seed a sample, from the example's tokens, the method's id and the user's seed."""
    words = case["input_ids"] + case["token_type_ids"]
    data = method.encode() + b"\xff" + b"".join(w.to_bytes(4, "little") for w in words) + seed.to_bytes(8, "little")
    return splitmix(fnv(data), count)


def check_known_answers():
    for counter, key, expected in PHILOX_KNOWN_ANSWERS:
        assert [int(word) for word in philox(counter, key)] == expected
    for data, expected in FNV_KNOWN_ANSWERS.items():
        assert fnv(data) == expected
    assert splitmix(0, 3) == SPLITMIX_KNOWN_ANSWERS
    sample = normals(1, 1000, 100)
    assert abs(sample.mean()) < 0.01 and abs(sample.var() - 1) < 0.02, (sample.mean(), sample.var())


# --- Attribution ---------------------------------------------------------------------------------------------

def sampled(model, case, noise):
    """Attribution and convergence delta of each sample: [samples, tokens, hidden] and [samples]."""
    ids, types, x, b = reference.endpoints(model, case)
    attributions, deltas = [], []
    for own in noise:
        noisy = x + own
        total = torch.zeros_like(x)
        for alpha, weight in zip(*reference.quadrature(case["quadrature"], case["steps"])):
            point = (b + float(alpha) * (noisy - b)).requires_grad_(True)
            value = reference.pick(model.logits_from(case["layer"], point, ids, types), case)[0]
            total += float(weight) * torch.autograd.grad(value, point)[0]
        attributions.append(((noisy - b) * total)[0])
        with torch.no_grad():
            top, bottom = (reference.pick(model.logits_from(case["layer"], end, ids, types), case)[0]
                           for end in (noisy, b))
        deltas.append(attributions[-1].sum() - (top - bottom))
    return torch.stack(attributions), torch.stack(deltas)


class GivenNoise(NoiseTunnel):
    """Captum's tunnel with our noise in place of torch.normal."""

    def __init__(self, method, noise):
        super().__init__(method)
        self.noise = noise

    def _add_noise_to_input(self, input, stdev, count):
        return input.repeat_interleave(count, dim=0) + self.noise


def captum_values(model, case, noise, kind):
    ids, types, x, b = reference.endpoints(model, case)
    method = IntegratedGradients(lambda hidden: reference.pick(
        model.logits_from(case["layer"], hidden, ids, types), case))
    attribution, delta = GivenNoise(method, noise).attribute(
        x, baselines=b, nt_type=KINDS[kind], nt_samples=len(noise), stdevs=1.0, n_steps=case["steps"],
        method=reference.CAPTUM_RULES[case["quadrature"]], return_convergence_delta=True)
    return attribution[0].detach(), delta.mean().item()


def make(models, checkpoint, name, samples, deviation, seed):
    """One case a kind."""
    if checkpoint not in models:
        demo = checkpoint.removeprefix("demo-")
        directory = reference.FIXTURES / checkpoint if demo == checkpoint else reference.ROOT / "models/demo" / demo
        cases = json.loads((reference.FIXTURES / checkpoint / "cases.json").read_text(encoding="utf-8"))["cases"]
        models[checkpoint] = reference.Reference(directory, torch.float64), {c["id"]: c for c in cases}
    model, cases = models[checkpoint]
    case = cases[name]
    for kind in KINDS:
        method = f"{kind}-{samples}"
        seeds = sample_seeds(case, method, seed, samples)
        shape = reference.endpoints(model, case)[2].shape[1:]
        noise = torch.from_numpy(np.stack([deviation * normals(s, *shape) for s in seeds]))
        attributions, deltas = sampled(model, case, noise)
        mean, square = attributions.mean(0), (attributions ** 2).mean(0)
        value = {"smoothgrad": mean, "smoothgrad-squared": square,
                 "vargrad": ((attributions - mean) ** 2).mean(0)}[kind]
        peer, peer_delta = captum_values(model, case, noise, kind)
        scale = value.norm().item()
        assert (peer - value).norm().item() <= 1e-6 * square.norm().item(), (name, kind)
        assert abs(peer_delta - deltas.mean().item()) <= 1e-6 * attributions.norm().item(), (name, kind)
        yield dict(
            id=f"{checkpoint}/{name}/{kind}-{samples}", checkpoint=checkpoint, case=name, method=method, kind=kind,
            samples=samples, deviation=deviation, seed=seed, seeds=[f"{s:016x}" for s in seeds],
            token_scores=reference.rounded(value.sum(-1)), attribution_norm=reference.nine(scale),
            convergence_delta=reference.nine(deltas.mean().item()) if kind == "smoothgrad" else None)


def generator_values():
    """Normals of a few seeds, rows 0 to 2, of a width that is no multiple of four."""
    seeds = [0, 1, 0x0123456789ABCDEF, 2 ** 64 - 1]
    return [dict(seed=f"{seed:016x}", rows=3, width=7, normals=reference.rounded(torch.from_numpy(
        normals(seed, 3, 7).reshape(-1)))) for seed in seeds]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="recompute and compare with the stored cases")
    options = parser.parse_args()
    torch.set_num_threads(1)
    transformers.utils.logging.disable_progress_bar()
    check_known_answers()
    models = {}
    value = dict(format="salience-noise-cases/1", generator=generator_values(),
                 cases=[case for row in CASES for case in make(models, *row)])
    if options.check:
        stored = json.loads(PATH.read_text(encoding="utf-8"))
        assert stored["generator"] == value["generator"]
        assert [c["id"] for c in stored["cases"]] == [c["id"] for c in value["cases"]]
        for old, new in zip(stored["cases"], value["cases"]):
            assert old["seeds"] == new["seeds"], old["id"]
            difference = np.abs(np.array(old["token_scores"]) - np.array(new["token_scores"])).max()
            assert difference <= 1e-7 * max(1.0, old["attribution_norm"]), (old["id"], difference)
    else:
        reference.write_cases(PATH, value)
    print(f"{PATH.relative_to(reference.ROOT)}: {len(value['cases'])} cases")


if __name__ == "__main__":
    main()
