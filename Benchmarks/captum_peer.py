"""Captum's layer integrated gradients over the same texts, in the fastest set-up found on this machine."""

import copy
import itertools
import time

import torch
from captum.attr import LayerIntegratedGradients
from transformers import AutoModelForSequenceClassification


class CaptumPeer:
    """One model, weights frozen. A set-up is an attention implementation and how many texts go into one call."""

    ATTENTION = ("eager", "sdpa")
    TEXTS_PER_CALL = (1, 4)

    def __init__(self, directory, ids, baseline_id, special_ids, steps):
        self.ids, self.steps = ids, steps
        self.baselines = [[i if i in special_ids else baseline_id for i in row] for row in ids]
        self.models = {}
        for attention in self.ATTENTION:
            model = AutoModelForSequenceClassification.from_pretrained(
                directory, dtype=torch.float32, attn_implementation=attention)
            self.models[attention] = model.eval().requires_grad_(False)
        self.setup = (self.ATTENTION[0], self.TEXTS_PER_CALL[0])

    @property
    def config(self):
        return self.models[self.ATTENTION[0]].config

    def choose(self, rows):
        """Times every set-up on the first rows and keeps the fastest; returns rows per second by set-up."""
        rates = {}
        for setup in itertools.product(self.ATTENTION, self.TEXTS_PER_CALL):
            self.setup = setup
            self.run(range(min(2, rows)))
            rates[setup] = rows / self.run(range(rows))[0]
        self.setup = max(rates, key=rates.get)
        return rates

    def run(self, rows=None):
        """Seconds and the token scores, by row. Tokenised before, loaded before, no convergence delta asked for."""
        rows = list(range(len(self.ids)) if rows is None else rows)
        attention, per_call = self.setup
        model = self.models[attention]
        base = getattr(model, model.base_model_prefix)
        method = LayerIntegratedGradients(lambda ids: model(input_ids=ids).logits, base.embeddings)
        scores = {}
        start = time.perf_counter()
        for group in self.groups(rows, per_call):
            ids = torch.tensor([self.ids[row] for row in group])
            baselines = torch.tensor([self.baselines[row] for row in group])
            with torch.no_grad():
                targets = model(input_ids=ids).logits.argmax(-1)
            attribution = method.attribute(
                ids, baselines=baselines, target=targets, n_steps=self.steps, method="gausslegendre")
            for row, values in zip(group, attribution.sum(-1)):
                scores[row] = values.detach()
        return time.perf_counter() - start, scores

    def exact(self, row):
        """The token scores of one text by the same method in float64, as the judge where two float32 programs differ."""
        models = self.models
        try:
            self.models = {name: copy.deepcopy(model).double() for name, model in models.items()}
            return self.run([row])[1][row]
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
