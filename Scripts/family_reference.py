"""A checkpoint in transformers: logits, values at a layer, and attributions as Captum computes them."""

import contextlib
import types

import numpy as np
import torch
from captum.attr import LayerIntegratedGradients
import transformers

from family_checkpoints import HEADS
from make_reference_fixtures import NEAR_KINK, nine, rounded

# Relative to the Frobenius norm of the attribution; as make_reference_fixtures.py, but some models compute their norms
# and rotations in float32 even when the rest is in float64.
CAPTUM_F64_TOLERANCE = 2e-6
CAPTUM_F32_TOLERANCE = 2e-5
# Relative to the norm of the scores, whose sums may cancel: a third of what is asked of them.
FLOAT32_SCORES = 3e-5
# Below this distance between the two largest outputs, float32 cannot be asked which one is the largest.
NEAR_TIE = 2e-4

# Module paths: embedding block, word table, layers.
BERT = "{0}.embeddings", "{0}.embeddings.word_embeddings", "{0}.encoder.layer.{{}}"
DECODER = "model.embed_tokens", "model.embed_tokens", "model.layers.{}"
PATHS = {
    **{family: tuple(path.format(base) for path in BERT) for family, base in (
        ("bert", "bert"), ("roberta", "roberta"), ("xlm-roberta", "roberta"), ("camembert", "roberta"),
        ("electra", "electra"))},
    # A whole layer also returns None, which Captum cannot read.
    "deberta-v2": ("deberta.embeddings", "deberta.embeddings.word_embeddings", "deberta.encoder.layer.{}.output"),
    "distilbert": ("distilbert.embeddings", "distilbert.embeddings.word_embeddings", "distilbert.transformer.layer.{}"),
    # ALBERT's layers are one module, called several times.
    "albert": ("albert.embeddings", "albert.embeddings.word_embeddings", None),
    "modernbert": ("model.embeddings", "model.embeddings.tok_embeddings", "model.layers.{}"),
    # `drop` is given the sum of both tables.
    "gpt2": ("transformer.drop", "transformer.wte", "transformer.h.{}"),
    **{family: DECODER for family in ("llama", "qwen2", "qwen3", "gemma")},
}


class Unfit(Exception):
    """The weights of this seed make no good reference."""


def first(output):
    return output[0] if isinstance(output, tuple) else output


def mean_pooled_classification(model, input_ids, attention_mask):
    """DistilBERT's classifier on the mean of the real tokens' rows in place of the first row."""
    hidden = model.distilbert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
    mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
    pooled = (hidden * mask).sum(1) / mask.sum(1)
    return model.classifier(torch.relu(model.pre_classifier(pooled)))


class FamilyReference:
    """A checkpoint in one precision."""

    def __init__(self, spec, directory, dtype):
        self.spec, self.family, self.head = spec, spec["family"], spec["head"]
        names = "distilbert", "pre_classifier", "classifier"
        mapping = {f"^encoder.{name}": name for name in names} if spec["rename"] == ("", "encoder.") else {}
        options = dict(key_mapping=mapping) if mapping else {}
        auto = getattr(transformers, f"AutoModelFor{HEADS[self.head]}")
        self.model, info = auto.from_pretrained(
            directory, dtype=torch.float32, attn_implementation="eager", output_loading_info=True, **options)
        assert not any(info[k] for k in ("missing_keys", "unexpected_keys", "mismatched_keys")), info
        self.model.eval().to(dtype)
        for parameter in self.model.parameters():
            parameter.requires_grad_(False)
        self.depth = self.model.config.num_hidden_layers
        self.reads_types = self.family in ("bert", "electra", "albert")

    def layer(self, name):
        embeddings, words, layers = PATHS[self.family]
        path = {"embeddings": embeddings, "word-embeddings": words}.get(name)
        return self.model.get_submodule(path or layers.format(name.removeprefix("encoder layer ")))

    def outputs(self, ids, type_ids, **options):
        """[points, classes], or [points, tokens, outputs] where the head reads every token."""
        inputs = dict(input_ids=ids, attention_mask=torch.ones_like(ids), **options)
        if self.reads_types:
            inputs["token_type_ids"] = type_ids
        if self.spec["rename"] == ("", "encoder."):
            return mean_pooled_classification(self.model, ids, inputs["attention_mask"])
        result = self.model(**inputs)
        if self.head == "question-answering":
            return torch.stack([result.start_logits, result.end_logits], -1)
        return result.logits

    @contextlib.contextmanager
    def hooked(self, name, hook):
        handle = self.layer(name).register_forward_hook(lambda module, inputs, out: hook(out))
        try:
            yield
        finally:
            handle.remove()

    def layer_output(self, name, ids, type_ids):
        """[1, tokens, hidden]"""
        seen = []
        with torch.no_grad(), self.hooked(name, lambda out: seen.append(first(out)) or None):
            self.outputs(ids, type_ids)
        return seen[0]

    def outputs_from(self, name, hidden, ids, type_ids):
        """As `outputs`, when the layer's output is replaced by `hidden` [points, tokens, hidden]."""
        points = hidden.shape[0]
        with self.hooked(name, lambda out: (hidden, *out[1:]) if isinstance(out, tuple) else hidden):
            return self.outputs(ids.expand(points, -1), type_ids.expand(points, -1))

    def attention_peak(self, ids, type_ids):
        """The mean over queries of the largest attention weight; rows that see fewer than 4 tokens left out."""
        inputs = dict(token_type_ids=type_ids) if self.reads_types else {}
        weights = self.model(input_ids=ids, output_attentions=True, **inputs).attentions
        return torch.stack([layer[..., 4:, :].max(-1).values.mean() for layer in weights]).mean().item()


class Output:
    """The scalar under attribution: outputs of one row, or of the row where each is largest, times coefficients.

    A probability is the `softmax` over a row's outputs, the `sigmoid` of each, or, of `tokens`, the softmax of each
    output over the tokens that are candidates.
    """

    def __init__(self, coefficients, row=None, maximum=False, probability=None, candidates=None):
        self.coefficients, self.row, self.maximum, self.probability = coefficients, row, maximum, probability
        self.others = None if candidates is None else ~torch.tensor(candidates)[:, None]

    def __call__(self, outputs):
        if self.probability == "tokens":
            outputs = outputs.masked_fill(self.others, float("-inf")).softmax(1)
        if self.maximum:
            outputs = outputs.max(1).values
        elif self.row is not None:
            outputs = outputs[:, self.row]
        if self.probability == "softmax":
            outputs = outputs.softmax(-1)
        elif self.probability == "sigmoid":
            outputs = outputs.sigmoid()
        return sum(factor * outputs[:, index] for index, factor in self.coefficients.items())

    def margin(self, outputs):
        """How far the largest row is from the next, where that matters."""
        if not self.maximum:
            return float("inf")
        if self.probability == "tokens":
            outputs = outputs.masked_fill(self.others, float("-inf"))
        top = outputs[..., list(self.coefficients)[0]].topk(2, 1).values
        return (top[:, 0] - top[:, 1]).min().item()


def gauss_legendre(steps):
    nodes, weights = np.polynomial.legendre.leggauss(steps)
    return torch.tensor((1 + nodes) / 2), torch.tensor(weights / 2)


def ends(reference, request):
    """Values at the layer for the input and for its baseline."""
    ids, type_ids = request.ids, request.type_ids
    x = reference.layer_output(request.layer, ids, type_ids)
    if request.baseline_ids is not None:
        return x, reference.layer_output(request.layer, request.baseline_ids, type_ids)
    b = x.clone()
    b[0, request.replaced] = 0
    return x, b


def integrated_gradients(exact, single, request, output):
    """What a case holds of one output, in float64; Captum must agree in float64 and in float32."""
    ids, type_ids = request.ids, request.type_ids
    x, b = ends(exact, request)
    alphas, weights = gauss_legendre(request.steps)
    path = (b + alphas[:, None, None] * (x - b)).requires_grad_(True)
    kinks = []
    watch = getattr(exact.model, "pre_classifier", None)
    handle = watch.register_forward_hook(lambda m, i, out: kinks.append(out.abs().min().item())) if watch else None
    outputs = exact.outputs_from(request.layer, path, ids, type_ids)
    if handle:
        handle.remove()
        if min(kinks) < NEAR_KINK:
            raise Unfit(f"{min(kinks):.1e} from a kink")
    if output.margin(outputs) < NEAR_TIE:
        raise Unfit("two rows are nearly the largest")
    gradient = torch.autograd.grad(output(outputs).sum(), path)[0]
    attribution = ((x - b) * (weights[:, None, None] * gradient).sum(0))[0].detach()
    norm = attribution.norm().item()
    with torch.no_grad():
        at_end, at_start = (output(exact.outputs_from(request.layer, end, ids, type_ids)).item() for end in (x, b))
    worst = 0.0
    if norm > 0:
        for reference, tolerance in ((exact, CAPTUM_F64_TOLERANCE), (single, CAPTUM_F32_TOLERANCE)):
            difference = captum(reference, request, output).double() - attribution
            worst = difference.norm().item() / norm
            of_scores = difference.sum(-1).norm().item() / attribution.sum(-1).norm().item()
            if worst > tolerance or of_scores > FLOAT32_SCORES:
                raise Unfit(f"Captum is off by {worst:.1e}, its scores by {of_scores:.1e}")
    scores = attribution.sum(-1)
    return worst, dict(
        output=nine(at_end), baseline_output=nine(at_start), token_scores=rounded(scores),
        convergence_delta=nine(scores.sum().item() - (at_end - at_start)), attribution_norm=nine(norm))


def captum(reference, request, output):
    """[tokens, hidden] from LayerIntegratedGradients; a baseline that no ids have is put in place of a second input."""
    ids, baseline = request.ids, request.baseline_ids
    layer = reference.layer(request.layer)
    handle = None
    if baseline is None:
        baseline = torch.full_like(ids, -1)
        _, b = ends(reference, request)

        def replace(module, inputs, out):
            return b if state.is_baseline else None

        state = types.SimpleNamespace(is_baseline=False)
        handle = layer.register_forward_hook(replace)

    def forward(given, type_ids):
        if handle:
            state.is_baseline = bool((given < 0).all())
        return output(reference.outputs(given.clamp(min=0), type_ids))

    method = LayerIntegratedGradients(forward, layer)
    result = method.attribute(
        ids, baselines=baseline, additional_forward_args=(request.type_ids,), n_steps=request.steps,
        method="gausslegendre")
    if handle:
        handle.remove()
    return first(result)[0].detach()


def gradient_times_input(exact, single, request, output):
    """Gradient times input: a token's signed sum, or its length as in Ecco's saliency, with its share of all."""
    found = []
    for reference in (exact, single):
        x = reference.layer_output(request.layer, request.ids, request.type_ids).requires_grad_(True)
        value = output(reference.outputs_from(request.layer, x, request.ids, request.type_ids))
        product = (torch.autograd.grad(value.sum(), x)[0] * x)[0].detach().double()
        found.append((value.item(), product))
    (value, product), (_, other) = found
    worst = ((other - product).norm() / product.norm()).item()
    if worst > CAPTUM_F32_TOLERANCE:
        raise Unfit(f"float32 is off by {worst:.1e}")
    scores = product.norm(dim=-1) if request.reduction == "l2" else product.sum(-1)
    return worst, dict(
        output=nine(value), token_scores=rounded(scores), normalized=rounded(scores.abs() / scores.abs().sum()),
        attribution_norm=nine(product.norm().item()))
