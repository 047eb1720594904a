"""Captum's layer integrated gradients over the same texts, in the fastest set-up found on this machine."""

import copy
import itertools
import math
import time

import torch
from captum.attr import LayerIntegratedGradients
from transformers import AutoModelForSequenceClassification


class CaptumPeer:
    """One model, weights frozen. A set-up is an attention implementation, how many texts go into one call of Captum's,
    and how many points of their paths into one of the model (None: all).

    TF32 is float32 whose matrix products CUDA may round to 10 bits of mantissa.
    """

    ATTENTION = ("eager", "sdpa")

    def __init__(self, directory, ids, baseline_id, special_ids, steps, device="cpu", precision="f32",
                 texts_per_call=(1, 4), points_per_call=(None,)):
        self.ids, self.steps, self.device, self.precision = ids, steps, device, precision
        self.texts_per_call, self.points_per_call = texts_per_call, points_per_call
        dtype = torch.bfloat16 if precision == "bf16" else torch.float32
        self.baselines = [[i if i in special_ids else baseline_id for i in row] for row in ids]
        self.models = {}
        for attention in self.ATTENTION:
            model = AutoModelForSequenceClassification.from_pretrained(
                directory, dtype=dtype, attn_implementation=attention)
            self.models[attention] = model.eval().requires_grad_(False).to(device)
        self.setup = (self.ATTENTION[0], texts_per_call[0], points_per_call[0])

    @property
    def config(self):
        return next(iter(self.models.values())).config

    def choose(self, rows, steps=None):
        """Times every set-up on the first rows and keeps the fastest; returns rows per second by set-up.

        Long texts may be timed with fewer steps. What does not fit into the device's memory is left out.
        """
        rates = {}
        full, self.steps = self.steps, steps or self.steps
        for setup in itertools.product(self.ATTENTION, self.texts_per_call, self.points_per_call):
            self.setup = setup
            try:
                self.run(range(min(max(2, setup[1]), rows)))
                rates[setup] = rows / self.run(range(rows))[0]
            except torch.cuda.OutOfMemoryError:
                torch.cuda.empty_cache()
        self.steps = full
        if rates:
            self.setup = max(rates, key=rates.get)
        return rates

    def keep(self, setup):
        """This set-up and no other one's weights."""
        self.setup = tuple(setup)
        self.models = {self.setup[0]: self.models[self.setup[0]]}

    def run(self, rows=None):
        """Seconds and the token scores, by row. Tokenised before, loaded before, no convergence delta asked for."""
        rows = list(range(len(self.ids)) if rows is None else rows)
        torch.set_float32_matmul_precision("high" if self.precision == "tf32" else "highest")
        attention, per_call, points = self.setup
        model = self.models[attention]
        base = getattr(model, model.base_model_prefix)
        method = LayerIntegratedGradients(lambda ids: model(input_ids=ids).logits, base.embeddings)
        scores = {}
        start = time.perf_counter()
        for group in self.groups(rows, per_call):
            ids = torch.tensor([self.ids[row] for row in group], device=self.device)
            baselines = torch.tensor([self.baselines[row] for row in group], device=self.device)
            with torch.no_grad():
                targets = model(input_ids=ids).logits.argmax(-1)
            attribution = method.attribute(
                ids, baselines=baselines, target=targets, n_steps=self.steps, method="gausslegendre",
                internal_batch_size=points)
            # A score on the processor is what a user asks for, and waits for the device.
            for row, values in zip(group, attribution.sum(-1).detach().cpu()):
                scores[row] = values
        return time.perf_counter() - start, scores

    def exact(self, row):
        """The token scores of one text by the same method in float64: the judge where two float32 programs differ.

        Beside them, how near an evaluation comes to the kink of the head's ReLU, infinitely far without one.
        """
        models, kinks = self.models, [math.inf]

        def look(module, inputs, output):
            kinks.append(output.abs().min().item())

        try:
            self.models = {name: copy.deepcopy(model).double() for name, model in models.items()}
            for model in self.models.values():
                # DistilBERT's head alone has a ReLU, after this layer.
                if hasattr(model, "pre_classifier"):
                    model.pre_classifier.register_forward_hook(look)
            return self.run([row])[1][row], min(kinks)
        finally:
            self.models = models

    def groups(self, rows, per_call):
        """Rows of equal length together, so that no call needs padding."""
        by_length = {}
        for row in rows:
            by_length.setdefault(len(self.ids[row]), []).append(row)
        for same in by_length.values():
            for start in range(0, len(same), per_call):
                yield same[start:start + per_call]
