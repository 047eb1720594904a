#!/usr/bin/env python3
"""Make the attribution reference values in Tests/Fixtures/attribution.

Needs: torch, transformers, tokenizers, safetensors, captum 0.9, numpy.

    python Scripts/make_reference_fixtures.py             tiny seeded checkpoints and their cases
    python Scripts/make_reference_fixtures.py --demo      cases for the checkpoints in models/demo
    python Scripts/make_reference_fixtures.py --check     recompute and compare, write nothing

Every stored number is computed in float64 by the plain loop `integrate` below, from the weights as the file
rounds them. For the rules captum knows, captum is run too, in float64 and in float32, and must agree: the
script stops when it does not. The layout of the files is described in Tests/Fixtures/attribution/README.md.
"""

import argparse
import csv
import json
import math
import pathlib
import shutil

import numpy as np
import torch
from captum.attr import IntegratedGradients, LayerIntegratedGradients
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
import transformers
from transformers import (AutoModelForSequenceClassification, AutoTokenizer, BertConfig,
                          BertForSequenceClassification, DistilBertConfig, DistilBertForSequenceClassification)

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "Tests" / "Fixtures" / "attribution"
SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
MAX_LENGTH = 512
# Relative to the Frobenius norm of the attribution. Captum's weights are float32 even for a float64 model,
# hence the first bound; the second is what float32 arithmetic itself costs on attention this sharp.
CAPTUM_F64_TOLERANCE = 1e-6
CAPTUM_F32_TOLERANCE = 1e-5
# DistilBERT's head has a ReLU, whose gradient jumps at 0. An evaluation this close to it has no float32 answer:
# rounding chooses the side, and the scores change by per cents. Such a case tests nothing and is left out.
NEAR_KINK = 3e-6

CORPUS = """
The movie was a wonderful surprise, warm and funny from the first scene to the last.
I cannot recommend this camera: the battery dies within an hour and the screen scratches easily.
A dull, lifeless story with wooden actors, clumsy dialogue and a predictable ending.
Great value for the price! Delivery was fast and the packaging looked beautiful.
Critics praised the director, yet audiences left the theatre early and disappointed.
She wrote a thoughtful editorial about taxes, schools, hospitals and the new railway.
He didn't like the sound quality; however, the headphones feel comfortable and light.
Nobody expected such a brilliant performance by so young a musician.
The plot makes no sense, the jokes fall flat, and the music is simply annoying.
An honest, moving portrait of two brothers who learn to forgive each other.
My old phone worked better than this terrible, overpriced piece of plastic.
What an amazing day with friends at the beach, sunshine and ice cream :) :D
The senator refused to answer questions about the failed reform on Tuesday.
Unbelievably boring. Two hours of my life that I shall never get back!!!
It is neither good nor bad, merely another forgettable sequel number 3 of 2014.
Customers complained about missing parts, broken buttons and unhelpful support.
The restaurant served delicious soup, fresh bread and excellent coffee every morning.
Scientists reported promising results, although larger studies remain necessary.
Lovely little film; charming, playful, unpretentious and beautifully photographed.
The worst customer service ever: rude, slow, careless and completely useless.
cafe naive resume facade über straße 😀 ❤ 👍 # @ & % $ * ( ) [ ] { } / \\ " ' ? ! . , ; : - _ + = < > ~ ^ ` |
a b c d e f g h i j k l m n o p q r s t u v w x y z 0 1 2 3 4 5 6 7 8 9
"""

LONG_TEXT = " ".join(
    f"{i}. the {a} {b} was {c}, and nobody {d} it!" for i, (a, b, c, d) in enumerate(
        (a, b, c, d)
        for a in ("old", "new", "brilliant", "boring") for b in ("movie", "camera", "theatre", "sequel")
        for c in ("wonderful", "terrible", "predictable") for d in ("liked", "refused")))

# (name, text, text_pair)
TEXTS = [
    ("ordinary-1", "The movie was a wonderful surprise, but the ending fell flat.", None),
    ("ordinary-2", "Unhelpful support; I can't recommend this overpriced camera at all!", None),
    ("ordinary-3", "Neither good nor bad, merely forgettable", None),
    ("one-token", "good", None),
    ("empty", "", None),
    ("emoji", "Great day 😀👍 at the beach ❤️ 👩‍👩‍👧‍👦!!", None),
    ("combining-marks", "Un cafe\u0301 nai\u0308f, A\u030angstro\u0308m and Z\u0336a\u0336l\u0334g\u0335o", None),
    ("long-512", LONG_TEXT, None),
    ("pair-1", "Was the plot any good?", "A dull story with wooden actors and clumsy dialogue."),
    ("pair-2", "great", "The worst customer service ever: rude, slow, careless."),
]

# hidden, layers, heads and dtype differ on purpose: head sizes 8, 12, 16 and 24 all occur.
CHECKPOINTS = [
    dict(name="bert-2-f32", family="bert", hidden=32, layers=2, heads=4, ffn=64, classes=2, dtype="F32", std=0.30),
    dict(name="bert-3-bf16", family="bert", hidden=48, layers=3, heads=4, ffn=96, classes=3, dtype="BF16", std=0.20),
    dict(name="bert-93-f16-sharded", family="bert", hidden=32, layers=2, heads=2, ffn=64, classes=93, dtype="F16",
         std=0.25, shards=2),
    dict(name="distilbert-2-f16", family="distilbert", hidden=48, layers=3, heads=4, ffn=96, classes=2, dtype="F16",
         std=0.20),
    dict(name="distilbert-3-f32-sharded", family="distilbert", hidden=32, layers=2, heads=4, ffn=64, classes=3,
         dtype="F32", std=0.30, shards=3),
    dict(name="distilbert-93-bf16", family="distilbert", hidden=48, layers=2, heads=2, ffn=80, classes=93,
         dtype="BF16", std=0.15),
]
DTYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}

# contract name -> captum name; the two others are this script's alone
CAPTUM_RULES = {"gauss-legendre": "gausslegendre", "riemann-left": "riemann_left", "riemann-right": "riemann_right",
                "riemann-middle": "riemann_middle", "riemann-trapezoid": "riemann_trapezoid"}


# --- Checkpoints ---------------------------------------------------------------------------------------------

def train_tokenizer():
    """A small uncased WordPiece vocabulary in the layout of bert-base-uncased."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(CORPUS.splitlines(), trainers.WordPieceTrainer(
        vocab_size=700, min_frequency=1, special_tokens=SPECIALS, show_progress=False))
    cls, sep = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
        special_tokens=[("[CLS]", cls), ("[SEP]", sep)])
    tokenizer.decoder = decoders.WordPiece(prefix="##")
    return tokenizer


def random_weights(model, std, seed):
    """Replace every parameter: wide weights make attention sharp, random LayerNorms make their terms visible."""
    generator = torch.Generator().manual_seed(seed)
    state = {}
    for name, tensor in model.state_dict().items():
        noise = torch.randn(tensor.shape, generator=generator)
        if "LayerNorm" in name or "layer_norm" in name:
            state[name] = 1 + 0.2 * noise if name.endswith("weight") else 0.1 * noise
        elif "embeddings" in name:
            state[name] = noise
        elif name.endswith("bias"):
            state[name] = 0.1 * noise
        else:
            state[name] = std * noise
    return state


def write_checkpoint(spec, tokenizer, seed):
    directory = FIXTURES / spec["name"]
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    size = tokenizer.get_vocab_size()
    labels = ["negative", "neutral", "positive"] if spec["classes"] == 3 else \
        ["negative", "positive"] if spec["classes"] == 2 else [f"class-{i:02d}" for i in range(spec["classes"])]
    shared = dict(vocab_size=size, max_position_embeddings=MAX_LENGTH, pad_token_id=0,
                  id2label=dict(enumerate(labels)), label2id={l: i for i, l in enumerate(labels)})
    if spec["family"] == "bert":
        config = BertConfig(hidden_size=spec["hidden"], num_hidden_layers=spec["layers"],
                            num_attention_heads=spec["heads"], intermediate_size=spec["ffn"], **shared)
        model = BertForSequenceClassification(config)
    else:
        config = DistilBertConfig(dim=spec["hidden"], n_layers=spec["layers"], n_heads=spec["heads"],
                                  hidden_dim=spec["ffn"], **shared)
        model = DistilBertForSequenceClassification(config)
    state = {k: v.to(DTYPES[spec["dtype"]]).contiguous() for k, v in random_weights(model, spec["std"], seed).items()}
    assert sum(v.numel() for v in state.values()) <= 300_000
    config.architectures = [type(model).__name__]
    config.dtype = DTYPES[spec["dtype"]]
    config.save_pretrained(directory)
    save_weights(state, directory, spec.get("shards", 1))
    tokenizer.save(str(directory / "tokenizer.json"))
    tokens = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), SPECIALS))
    dump(directory / "tokenizer_config.json", dict(
        tokens, do_lower_case=True, model_max_length=MAX_LENGTH, strip_accents=None, tokenize_chinese_chars=True,
        tokenizer_class="BertTokenizer" if spec["family"] == "bert" else "DistilBertTokenizer"))
    dump(directory / "special_tokens_map.json", tokens)
    return directory


def save_weights(state, directory, shards):
    if shards == 1:
        save_file(state, directory / "model.safetensors", metadata={"format": "pt"})
        return
    names, weight_map = sorted(state), {}
    for i in range(shards):
        file = f"model-{i + 1:05d}-of-{shards:05d}.safetensors"
        part = {n: state[n] for n in names[i * len(names) // shards:(i + 1) * len(names) // shards]}
        save_file(part, directory / file, metadata={"format": "pt"})
        weight_map.update({n: file for n in part})
    total = sum(t.numel() * t.element_size() for t in state.values())
    dump(directory / "model.safetensors.index.json",
         {"metadata": {"total_size": total}, "weight_map": dict(sorted(weight_map.items()))})


# --- Quadrature ----------------------------------------------------------------------------------------------

def quadrature(rule, n):
    """Nodes and weights on [0, 1], float64. `riemann-trapezoid` keeps captum's weights, which sum to (n - 1)/n."""
    if rule == "gauss-legendre":
        nodes, weights = np.polynomial.legendre.leggauss(n)
        return (1 + nodes) / 2, weights / 2
    if rule == "riemann-left":
        return np.linspace(0, 1 - 1 / n, n), np.full(n, 1 / n)
    if rule == "riemann-right":
        return np.linspace(1 / n, 1, n), np.full(n, 1 / n)
    if rule == "riemann-middle":
        return np.linspace(1 / (2 * n), 1 - 1 / (2 * n), n), np.full(n, 1 / n)
    if rule in ("riemann-trapezoid", "trapezoid"):
        weights = np.full(n, 1 / (n if rule == "riemann-trapezoid" else n - 1))
        weights[[0, -1]] /= 2
        return np.linspace(0, 1, n), weights
    if rule == "clenshaw-curtis":
        return clenshaw_curtis(n)
    raise ValueError(rule)


def clenshaw_curtis(n):
    """n points cos(k pi / (n - 1)); the weights solve the moment equations of the Chebyshev polynomials."""
    nodes = np.cos(np.pi * np.arange(n)[::-1] / (n - 1))
    degrees = np.arange(n)
    moments = np.where(degrees % 2 == 0, 2 / (1 - np.where(degrees % 2 == 0, degrees, 0.0) ** 2), 0.0)
    weights = np.linalg.solve(np.cos(np.outer(degrees, np.arccos(nodes))), moments)
    return (1 + nodes) / 2, weights / 2


# --- Model access --------------------------------------------------------------------------------------------

class Reference:
    """A checkpoint in one precision, with access to the output of any attribution layer."""

    def __init__(self, directory, dtype):
        self.model, info = AutoModelForSequenceClassification.from_pretrained(
            directory, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
        assert not any(info[k] for k in ("missing_keys", "unexpected_keys", "mismatched_keys")), info
        self.model.eval().to(dtype)
        for parameter in self.model.parameters():
            parameter.requires_grad_(False)
        self.bert = self.model.config.model_type == "bert"
        self.body = self.model.bert if self.bert else self.model.distilbert
        self.depth = self.model.config.num_hidden_layers

    def layer(self, name):
        if name == "embeddings":
            return self.body.embeddings
        if name == "word-embeddings":
            return self.body.embeddings.word_embeddings
        blocks = self.body.encoder.layer if self.bert else self.body.transformer.layer
        return blocks[int(name.removeprefix("encoder layer "))]

    def logits(self, ids, types):
        extra = {"token_type_ids": types} if self.bert else {}
        return self.model(input_ids=ids, attention_mask=torch.ones_like(ids), **extra).logits

    def layer_output(self, name, ids, types):
        """The layer's output for `ids`: [1, tokens, hidden]."""
        seen = []
        hook = self.layer(name).register_forward_hook(lambda m, i, out: seen.append(first(out)))
        with torch.no_grad():
            self.logits(ids, types)
        hook.remove()
        return seen[0]

    def logits_from(self, name, hidden, ids, types):
        """Logits when the layer's output is replaced by `hidden`: [points, tokens, hidden] -> [points, classes]."""
        def replace(module, inputs, out):
            return (hidden,) + tuple(out[1:]) if isinstance(out, tuple) else hidden
        hook = self.layer(name).register_forward_hook(replace)
        points = hidden.shape[0]
        logits = self.logits(ids.expand(points, -1), types.expand(points, -1))
        hook.remove()
        return logits


def first(output):
    return output[0] if isinstance(output, tuple) else output


def pick(logits, case):
    """The scalar under attribution: one logit, or the difference of two."""
    if case["contrast"] is not None:
        return logits[:, case["contrast"][0]] - logits[:, case["contrast"][1]]
    return logits[:, case["target_index"]]


def endpoints(reference, case):
    ids = torch.tensor([case["input_ids"]])
    types = torch.tensor([case["token_type_ids"]])
    x = reference.layer_output(case["layer"], ids, types)
    if case["baseline_ids"] is None:
        b = x.clone()
        b[0, torch.tensor(case["zero_positions"], dtype=torch.long)] = 0
    else:
        b = reference.layer_output(case["layer"], torch.tensor([case["baseline_ids"]]), types)
    return ids, types, x, b


def integrate(reference, case):
    """(x - b) * sum_k w_k dF/dx(b + alpha_k (x - b)), a plain loop. -> [tokens, hidden]"""
    ids, types, x, b = endpoints(reference, case)
    total = torch.zeros_like(x)
    for alpha, weight in zip(*quadrature(case["quadrature"], case["steps"])):
        point = (b + float(alpha) * (x - b)).requires_grad_(True)
        value = pick(reference.logits_from(case["layer"], point, ids, types), case)[0]
        total += float(weight) * torch.autograd.grad(value, point)[0]
    return ((x - b) * total)[0]


def distance_to_kink(reference, case):
    """The smallest input, in magnitude, that the head's ReLU is given at any evaluation; infinite without one."""
    if reference.bert:
        return math.inf
    ids, types, x, b = endpoints(reference, case)
    seen = []
    hook = reference.model.pre_classifier.register_forward_hook(lambda m, i, out: seen.append(out.abs().min().item()))
    with torch.no_grad():
        for alpha in quadrature(case["quadrature"], case["steps"])[0]:
            reference.logits_from(case["layer"], b + float(alpha) * (x - b), ids, types)
    hook.remove()
    return min(seen)


def captum_attribution(reference, case):
    """The same from captum: layer integrated gradients, or plain ones where the baseline is no token."""
    ids, types, x, b = endpoints(reference, case)
    rule = dict(method=CAPTUM_RULES[case["quadrature"]], n_steps=case["steps"],
                internal_batch_size=10 if ids.shape[1] > 128 else None)
    if case["baseline_ids"] is None:
        method = IntegratedGradients(lambda hidden: pick(
            reference.logits_from(case["layer"], hidden, ids, types), case))
        return method.attribute(x, baselines=b, **rule)[0].detach()
    method = LayerIntegratedGradients(
        lambda i, t: pick(reference.logits(i, t), case), reference.layer(case["layer"]))
    out = method.attribute(ids, baselines=torch.tensor([case["baseline_ids"]]),
                           additional_forward_args=(types,), **rule)
    return first(out)[0].detach()


# --- Cases ---------------------------------------------------------------------------------------------------

class CaseMaker:
    def __init__(self, directory):
        self.tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(MAX_LENGTH)
        self.exact = Reference(directory, torch.float64)
        self.single = Reference(directory, torch.float32)
        self.labels = self.exact.model.config.id2label
        self.auto = AutoTokenizer.from_pretrained(directory)
        self.worst = 0.0
        self.cases = []

    def add(self, name, text, pair, quadrature="gauss-legendre", steps=20, baseline="pad", keep_special=True,
            target="predicted", layer="embeddings", normalized=False):
        encoding = self.tokenizer.encode(text, pair)
        auto = self.auto(text, pair, truncation=True, max_length=MAX_LENGTH)
        assert auto["input_ids"] == encoding.ids, name
        special = encoding.special_tokens_mask
        ids = torch.tensor([encoding.ids])
        types = torch.tensor([encoding.type_ids])
        with torch.no_grad():
            logits = self.exact.logits(ids, types)[0]
        case = dict(
            id=f"{name}/{layer}/{quadrature}-{steps}/{baseline}{'' if keep_special else '+special'}/{target}",
            text_name=name, text=text, text_pair=pair, input_ids=encoding.ids, token_type_ids=encoding.type_ids,
            special_tokens_mask=special, tokens=encoding.tokens, layer=layer, quadrature=quadrature, steps=steps,
            baseline=baseline, keep_special=keep_special, baseline_ids=None, zero_positions=None, target=target,
            target_index=None, contrast=None)
        replaced = [i for i, s in enumerate(special) if not (s and keep_special)]
        if baseline == "zero":
            case["zero_positions"] = replaced
        else:
            token = {"pad": "[PAD]", "mask": "[MASK]", "unk": "[UNK]"}.get(baseline, baseline)
            token_id = self.tokenizer.token_to_id(token)
            assert token_id is not None, token
            case["baseline_ids"] = [token_id if i in set(replaced) else t for i, t in enumerate(encoding.ids)]
        by_label = {label: i for i, label in self.labels.items()}
        if target == "predicted":
            case["target_index"] = int(logits.argmax())
        elif " - " in target:
            case["contrast"] = [by_label[label] for label in target.split(" - ")]
        else:
            case["target_index"] = by_label[target]
        kink = distance_to_kink(self.exact, case)
        if kink < NEAR_KINK:
            print(f"left out, {kink:.1e} from the ReLU's kink: {case['id']}")
            return
        self.measure(case, logits, types, normalized)
        self.cases.append(case)

    def measure(self, case, logits, types, normalized):
        _, _, x, b = endpoints(self.exact, case)
        ids = torch.tensor([case["input_ids"]])
        with torch.no_grad():
            baseline_logits = self.exact.logits_from(case["layer"], b, ids, types)[0]
        attribution = integrate(self.exact, case)
        norm = attribution.norm().item()
        if case["quadrature"] in CAPTUM_RULES and norm > 0:
            double = (captum_attribution(self.exact, case) - attribution).norm().item() / norm
            single = (captum_attribution(self.single, case).double() - attribution).norm().item() / norm
            assert double < CAPTUM_F64_TOLERANCE, (case["id"], double)
            assert single < CAPTUM_F32_TOLERANCE, (case["id"], single)
            self.worst = max(self.worst, single)
        scores = attribution.sum(-1)
        output = pick(logits[None], case).item()
        baseline_output = pick(baseline_logits[None], case).item()
        case.update(
            logits=rounded(logits), baseline_logits=rounded(baseline_logits), output=nine(output),
            baseline_output=nine(baseline_output), token_scores=rounded(scores),
            convergence_delta=nine(scores.sum().item() - (output - baseline_output)), attribution_norm=nine(norm),
            normalized=None)
        if normalized:
            case["normalized"] = {
                "l2": rounded(scores / scores.norm()), "l2-full": rounded(scores / norm),
                "sum": rounded(scores / scores.sum()), "l1": rounded(scores.abs() / scores.abs().sum())}

    def result(self):
        return dict(format="salience-attribution-cases/1", labels=[self.labels[i] for i in range(len(self.labels))],
                    captum_float32_worst=float(f"{self.worst:.2g}"), cases=self.cases)


def seeded_cases(directory):
    maker = CaseMaker(directory)
    texts = {name: (name, text, pair) for name, text, pair in TEXTS}
    for name, text, pair in TEXTS:
        maker.add(name, text, pair, steps=20 if name == "long-512" else 50, normalized=name != "empty")
    for rule in CAPTUM_RULES:
        for steps in (10, 25, 50):
            if (rule, steps) != ("gauss-legendre", 50):
                maker.add(*texts["ordinary-1"], quadrature=rule, steps=steps)
    for steps in (10, 50):
        maker.add(*texts["ordinary-1"], quadrature="trapezoid", steps=steps)
    for steps in (9, 17, 33):
        maker.add(*texts["ordinary-1"], quadrature="clenshaw-curtis", steps=steps)
    for name in ("ordinary-2", "pair-1"):
        for baseline in ("pad", "mask", "unk", "zero", "the"):
            for keep in (True, False):
                maker.add(*texts[name], baseline=baseline, keep_special=keep)
    maker.add(*texts["empty"], keep_special=False)
    labels = [maker.labels[i] for i in range(len(maker.labels))]
    chosen = labels if len(labels) <= 3 else [labels[0], labels[len(labels) // 2], labels[-1]]
    for name in ("ordinary-3", "pair-2"):
        for target in chosen + [f"{labels[0]} - {labels[1]}", f"{labels[-1]} - {labels[0]}"]:
            maker.add(*texts[name], target=target)
    for name in ("ordinary-3", "pair-1"):
        for layer in ["word-embeddings"] + [f"encoder layer {i}" for i in range(maker.exact.depth)]:
            maker.add(*texts[name], layer=layer)
        maker.add(*texts[name], layer="word-embeddings", baseline="zero")
        maker.add(*texts[name], layer="encoder layer 0", keep_special=False, baseline="mask")
    return maker.result()


def demo_cases(directory, count=20):
    """Real texts, spread evenly over the demo dataset."""
    maker = CaseMaker(directory)
    with open(ROOT / "datasets" / "reviews.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for i in range(count):
        row = rows[i * len(rows) // count]
        maker.add(row["id"], row["text"], None, steps=50, normalized=i == 0)
    return maker.result()


# --- Files ---------------------------------------------------------------------------------------------------

def nine(value):
    """Nine significant digits: more than float32 holds, and short in a file."""
    return 0.0 if value == 0 else round(value, 8 - math.floor(math.log10(abs(value))))


def rounded(tensor):
    return [nine(v) for v in tensor.tolist()]


def dump(path, value):
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_cases(path, value):
    """One case a line, so that a changed case is one changed line."""
    head = {k: v for k, v in value.items() if k != "cases"}
    lines = ",\n".join(json.dumps(c, ensure_ascii=True, separators=(",", ":")) for c in value["cases"])
    text = json.dumps(head, separators=(",", ":"))[:-1] + ',"cases":[\n' + lines + "\n]}\n"
    json.loads(text)
    path.write_text(text, encoding="utf-8")


def compare(path, value):
    stored = json.loads(path.read_text(encoding="utf-8"))["cases"]
    assert [c["id"] for c in stored] == [c["id"] for c in value["cases"]], path
    for old, new in zip(stored, value["cases"]):
        assert old["input_ids"] == new["input_ids"], old["id"]
        difference = np.abs(np.array(old["token_scores"]) - np.array(new["token_scores"])).max()
        assert difference <= 1e-7 * max(1.0, old["attribution_norm"]), (old["id"], difference)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--demo", action="store_true", help="the checkpoints in models/demo instead of the tiny ones")
    parser.add_argument("--check", action="store_true", help="recompute and compare with the stored cases")
    options = parser.parse_args()
    torch.set_num_threads(2)
    transformers.utils.logging.disable_progress_bar()
    if options.demo:
        work = [(d, FIXTURES / f"demo-{d.name}" / "cases.json", demo_cases)
                for d in sorted((ROOT / "models" / "demo").glob("checkpoint-*"))]
    else:
        tokenizer = train_tokenizer()
        work = []
        for seed, spec in enumerate(CHECKPOINTS):
            directory = FIXTURES / spec["name"]
            if not options.check:
                directory = write_checkpoint(spec, tokenizer, seed=1000 + seed)
            work.append((directory, directory / "cases.json", seeded_cases))
    for directory, path, make in work:
        value = make(directory)
        if options.check:
            compare(path, value)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_cases(path, value)
        print(f"{path.relative_to(ROOT)}: {len(value['cases'])} cases, "
              f"captum float32 within {value['captum_float32_worst']:.1e} of the norm", flush=True)


if __name__ == "__main__":
    main()
