"""Integrated gradients as a hand-tuned PyTorch loop, in the fastest set-up found on this machine.

Nothing is computed that the loop can leave out: the encoder is given the points' embeddings themselves, weights are
frozen, nothing is padded or masked, and gradients are summed as they come. Every layer computes every row.
"""

import itertools
import sys
import time

import numpy
import torch
from transformers import AutoModelForSequenceClassification


class AfterEmbeddings(torch.nn.Module):
    """A classifier from the embedding layer's output to its logits."""

    def __init__(self, model):
        super().__init__()
        base = getattr(model, model.base_model_prefix)
        self.classifier = model.classifier
        if model.base_model_prefix == "bert":
            self.encoder, self.pooler = base.encoder, base.pooler
        elif model.base_model_prefix == "distilbert":
            self.encoder, self.pooler = base.transformer, None
            self.pre_classifier = model.pre_classifier
        else:
            raise SystemExit(f"no loop for {model.base_model_prefix}")

    def forward(self, hidden):
        hidden = self.encoder(hidden)[0]
        if self.pooler is not None:
            return self.classifier(self.pooler(hidden))
        return self.classifier(torch.relu(self.pre_classifier(hidden[:, 0])))


class PyTorchPeer:
    """One model. A set-up is an attention implementation, tokens a call, and whether `torch.compile` compiled it.

    A call holds whole examples of one length, or an equal share of one example's steps: few shapes, and full calls.
    `mixed` lengths are compiled once for all of them, equal ones for their own shape.
    """

    ATTENTION = ("eager", "sdpa")
    TOKENS = (1024, 4096)

    def __init__(self, directory, ids, baseline_id, special_ids, steps, precision="f32", mixed=True):
        self.directory, self.ids, self.steps, self.mixed = directory, ids, steps, mixed
        self.baselines = [[i if i in special_ids else baseline_id for i in row] for row in ids]
        self.dtype = torch.bfloat16 if precision == "bf16" else torch.float32
        self.models, self.compiled = {}, {}
        self.setup = (self.ATTENTION[0], self.TOKENS[0], "eager")

    def model(self, attention):
        """The checkpoint under an attention implementation, loaded when it is first asked for."""
        if attention not in self.models:
            model = AutoModelForSequenceClassification.from_pretrained(
                self.directory, dtype=self.dtype, attn_implementation=attention)
            self.models[attention] = model.eval().requires_grad_(False)
        return self.models[attention]

    def choose(self, rows, steps=None):
        """Times every set-up on the first rows and keeps the fastest; returns rows per second by set-up."""
        full, self.steps = self.steps, steps or self.steps
        rates = {}

        def rate(setup):
            self.setup = setup
            self.run(range(min(2, rows)))
            rates[setup] = rows / self.run(range(rows))[0]

        for attention, tokens in itertools.product(self.ATTENTION, self.TOKENS):
            rate((attention, tokens, "eager"))
        # Compiled, attention of one operation is the faster one, and it compiles in a third of the time.
        attention, tokens, _ = max((setup for setup in rates if setup[0] == "sdpa"), key=rates.get)
        try:
            rate((attention, tokens, "compiled"))
        except Exception as error:  # Whatever the compiler's tools raise: the loop stands without it.
            print(f"torch.compile does not work here, the loop stays eager: {type(error).__name__}: "
                  f"{str(error).splitlines()[0] if str(error) else ''}", file=sys.stderr)
        self.steps = full
        self.keep(max(rates, key=rates.get))
        return rates

    def keep(self, setup):
        """This set-up and no other one's weights."""
        self.setup = setup
        self.models = {setup[0]: self.model(setup[0])}
        self.compiled = {key: module for key, module in self.compiled.items() if key == setup[0]
                         and setup[2] == "compiled"}

    def run(self, rows=None):
        """Seconds and the token scores, by row; once more where something was compiled on the way."""
        rows = list(range(len(self.ids)) if rows is None else rows)
        while True:
            graphs = self.graphs()
            result = self.attribute(rows)
            if self.graphs() == graphs:
                return result

    @staticmethod
    def graphs():
        """How many graphs were compiled so far."""
        return torch._dynamo.utils.counters["stats"].get("unique_graphs", 0)

    def attribute(self, rows):
        attention, tokens, kind = self.setup
        model = self.model(attention)
        plain = module = AfterEmbeddings(model)
        if kind == "compiled":
            if attention not in self.compiled:
                self.compiled[attention] = torch.compile(plain, dynamic=self.mixed)
            module = self.compiled[attention]
        nodes, weights = numpy.polynomial.legendre.leggauss(self.steps)
        alphas = torch.tensor((nodes + 1) / 2, dtype=torch.float32)[:, None, None]
        weights = torch.tensor(weights / 2, dtype=torch.float32)[:, None, None]
        embeddings = getattr(model, model.base_model_prefix).embeddings
        scores = {}
        start = time.perf_counter()
        for group, share in self.groups(rows, tokens):
            with torch.no_grad():
                given = embeddings(torch.tensor([self.ids[row] for row in group]))
                targets = plain(given).argmax(-1)
                base = embeddings(torch.tensor([self.baselines[row] for row in group])).float()
                change = given.float() - base
            total = torch.zeros_like(change)
            for first in range(0, self.steps, share):
                part = slice(first, first + share)
                points = base[:, None] + alphas[part] * change[:, None]
                points = points.flatten(0, 1).to(self.dtype).requires_grad_()
                chosen = module(points).gather(1, targets.repeat_interleave(share)[:, None])
                gradients, = torch.autograd.grad(chosen.sum(), points)
                gradients = gradients.float().unflatten(0, (len(group), share))
                total += (gradients * weights[part]).sum(1)
            for row, values in zip(group, (total * change).sum(-1)):
                scores[row] = values
        return time.perf_counter() - start, scores

    def groups(self, rows, tokens):
        """Rows of equal length, and how many of their steps go into one call."""
        by_length = {}
        for row in rows:
            by_length.setdefault(len(self.ids[row]), []).append(row)
        for length, same in by_length.items():
            points = max(1, tokens // length)
            share = max(part for part in range(1, self.steps + 1) if self.steps % part == 0 and part <= points)
            per_call = max(1, points // self.steps)
            for start in range(0, len(same), per_call):
                yield same[start:start + per_call], share
