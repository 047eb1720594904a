"""Inputs and cases of each head: what a model decides of a text, and what explains it."""

import types

import torch
from tokenizers import Tokenizer

from family_answers import best_answer, candidates
from family_reference import NEAR_TIE, Output, Unfit, gradient_times_input, integrated_gradients
from family_checkpoints import POSITIONS
from make_reference_fixtures import nine, rounded

LONG = " ".join(
    f"{a.capitalize()} {b} was {c}, and nobody {e} it!" for a in ("old", "new") for b in ("movies", "camera", "theatre")
    for c, e in (("wonderful", "liked"), ("terrible", "refused")))
ORDINARY = "The movie was a wonderful surprise, but flat."
CONTEXT = "A young musician wrote the story by the sea, and the critics praised it in 2014."
TEXTS = {
    "sequence-classification": {
        "ordinary": (ORDINARY, None), "hostile": ("Un café naïf 😀👍, e\u0301 ❤️!!", None), "short": ("good", None),
        "pair": ("Was the plot any good?", "A dull story with wooden actors."), "empty": ("", None),
        "long": (LONG, None)},
    "question-answering": {
        "ordinary": ("Who wrote the story?", CONTEXT), "hostile": ("When?", "Un café naïf 😀 in 2014, was it?"),
        "windows": ("What was wonderful?", LONG + " " + LONG)},
    "token-classification": {
        "ordinary": (ORDINARY, None), "short": ("Scientists reported.", None),
        "hostile": ("Un café naïf 😀, e\u0301!", None)},
    "masked-lm": {"ordinary": ("The {} was a wonderful {}, but flat.", None), "short": ("a {}", None)},
    "causal-lm": {
        "ordinary": ("The movie was a wonderful", " surprise, but"), "short": ("She wrote", " a story"),
        "generated": ("The director of the film", None), "generated-too": ("What an amazing day", None)},
}
STRIDE, ANSWER_LENGTH, NEW_TOKENS = 32, 15, 100
# Less than half of what is asked of logits, so that other orders of summing in float32 have room.
FLOAT32_LOGITS = 4e-5


class CaseMaker:
    """Collects the inputs and cases of one checkpoint."""

    def __init__(self, spec, directory, marks, exact, single):
        self.spec, self.marks, self.exact, self.single = spec, marks, exact, single
        self.tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        self.labels = [exact.model.config.id2label[i] for i in range(exact.model.config.num_labels)]
        self.head = spec["head"]
        self.common = next(t for t in ("the", "Ġthe", "▁the") if self.tokenizer.token_to_id(t) is not None)
        self.inputs, self.cases, self.encodings, self.worst, self.peaks = {}, [], {}, 0.0, []

    @property
    def attention_peak(self):
        return sum(self.peaks) / len(self.peaks)

    @property
    def probability(self):
        """What makes a probability of logits; None for a regression, which has none."""
        if self.head == "question-answering":
            return "tokens"
        kind = self.exact.model.config.problem_type
        if self.head != "sequence-classification":
            return "softmax"
        if kind == "regression":
            return None
        return "sigmoid" if kind == "multi_label_classification" or len(self.labels) == 1 else "softmax"

    def name(self, index):
        return self.tokenizer.id_to_token(index) if self.head in ("masked-lm", "causal-lm") else \
            ["start", "end"][index] if self.head == "question-answering" else self.labels[index]

    def index(self, name):
        if self.head in ("masked-lm", "causal-lm"):
            return self.tokenizer.token_to_id(name)
        return ["start", "end"].index(name) if self.head == "question-answering" else self.labels.index(name)

    # Inputs

    def add_inputs(self):
        for name, (text, pair) in TEXTS[self.head].items():
            text = text.replace("{}", self.marks.get("mask_token", ""))
            if pair is not None and self.head == "sequence-classification" and "cls_token" not in self.marks:
                continue
            self.tokenizer.no_truncation()
            if self.head == "question-answering":
                self.tokenizer.enable_truncation(POSITIONS, stride=STRIDE, strategy="only_second")
            elif self.head != "causal-lm":
                self.tokenizer.enable_truncation(POSITIONS)
            whole = text + (pair or "") if self.head == "causal-lm" else text
            encoding = self.tokenizer.encode(whole, None if self.head == "causal-lm" else pair)
            if encoding.ids:
                self.add_input(name, text, pair, encoding)

    def add_input(self, name, text, pair, encoding):
        """Adds a text, its encoding, and what the model decides of it."""
        given = dict(name=name, text=text, text_pair=pair)
        if self.head == "question-answering":
            decided, encoding = best_answer(self.exact, self.tokenizer, encoding, pair, ANSWER_LENGTH)
        else:
            decided = getattr(self, "decide_" + self.head.replace("-", "_"))(given, encoding)
        ids = torch.tensor([encoding.ids])
        if ids.shape[1] > 5:
            self.peaks.append(self.exact.attention_peak(ids, torch.tensor([encoding.type_ids])))
        self.encodings[name] = encoding
        self.inputs[name] = dict(
            given, input_ids=encoding.ids, token_type_ids=encoding.type_ids, tokens=encoding.tokens,
            special_tokens_mask=encoding.special_tokens_mask) | decided

    def outputs(self, encoding):
        return self.outputs_of(encoding.ids, encoding.type_ids)

    def outputs_of(self, ids, type_ids):
        """In float64; float32 must be near."""
        with torch.no_grad():
            exact, single = (
                reference.outputs(torch.tensor([ids]), torch.tensor([type_ids]))[0].double()
                for reference in (self.exact, self.single))
        error = (exact - single).abs().max().item()
        if error > FLOAT32_LOGITS:
            raise Unfit(f"logits in float32 are off by {error:.1e}")
        return exact

    def largest(self, logits):
        values, indices = logits.topk(2) if len(logits) > 1 else (logits, logits.argsort())
        if len(logits) > 1 and values[0] - values[1] < 5 * NEAR_TIE:
            raise Unfit("two outputs are nearly the largest")
        return int(indices[0]), logits.softmax(-1)[indices[0]].item()

    def decide_sequence_classification(self, given, encoding):
        logits = self.outputs(encoding)
        index, probability = self.largest(logits)
        if self.probability is None:
            probability = logits[index].item()
        elif self.probability == "sigmoid":
            probability = logits[index].sigmoid().item()
        return dict(choices=[[0, index]], probability=nine(probability), logits=rounded(logits))

    def decide_token_classification(self, given, encoding):
        logits = self.outputs(encoding)
        words, special = encoding.word_ids, encoding.special_tokens_mask
        places = [i for i, word in enumerate(words) if not special[i] and (i == 0 or words[i - 1] != word)]
        return self.decided(logits, places, logits)

    def decide_masked_lm(self, given, encoding):
        mask = self.tokenizer.token_to_id(self.marks["mask_token"])
        logits = self.outputs(encoding)
        places = [i for i, token in enumerate(encoding.ids) if token == mask]
        return self.decided(logits, places, logits[places].max(-1).values)

    def decided(self, logits, places, shown):
        chosen = [self.largest(logits[place]) for place in places]
        return dict(
            choices=[[place, index] for place, (index, _) in zip(places, chosen)],
            probability=nine(min(probability for _, probability in chosen)), logits=rounded(shown.flatten()))

    def decide_causal_lm(self, given, encoding):
        if given["text_pair"] is None:
            return self.generated(encoding)
        first = next(i for i, (start, _) in enumerate(encoding.offsets) if start >= len(given["text"]))
        return self.continued(self.outputs(encoding)[first - 1:-1], encoding.ids[first:], first)

    def continued(self, logits, ids, first):
        """The logit of each token of a continuation; the probability is the geometric mean of theirs."""
        places = torch.arange(len(ids)), torch.tensor(ids)
        return dict(
            choices=[[first + i, token] for i, token in enumerate(ids)], logits=rounded(logits[places]),
            probability=nine(logits.log_softmax(-1)[places].mean().exp().item()))

    def generated(self, encoding):
        """transformers' own greedy continuation, in float32; each choice must be clear in float64.

        It is as long as it may be, or ends early where the checkpoint has a list of end tokens.
        """
        ids = torch.tensor([encoding.ids])
        with torch.no_grad():
            result = self.single.model.generate(
                ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=NEW_TOKENS)[0]
        logits = self.outputs_of(result[:-1].tolist(), [])[len(encoding.ids) - 1:]
        new = result[len(encoding.ids):].tolist()
        ends_early = isinstance(self.exact.model.config.eos_token_id, list)
        if (len(new) < NEW_TOKENS) != ends_early or len(set(new)) < (4 if ends_early else 8):
            raise Unfit(f"{len(new)} tokens generated, {len(set(new))} different ones")
        if [self.largest(row)[0] for row in logits] != new:
            raise Unfit("float32 generates other tokens")
        return dict(
            self.continued(logits, new, len(encoding.ids)), generated_ids=new,
            generated_text=self.tokenizer.decode(new))

    # Cases

    def add(self, name, target="predicted", steps=20, baseline=None, keep_special=True, layer="embeddings",
            method="integrated-gradients", output="logit", reduction=None, quick=False):
        if name not in self.inputs:
            return
        encoding, special = self.encodings[name], self.encodings[name].special_tokens_mask
        baseline = baseline or ("pad" if "pad_token" in self.marks else self.common)
        replaced = [i for i, s in enumerate(special) if not (s and keep_special)]
        token = self.tokenizer.token_to_id(self.marks.get(f"{baseline}_token", baseline))
        case = dict(
            id="/".join(
                [name, method, layer, f"{steps}", baseline + ("" if keep_special else "+special"), target, output]),
            input=name, method=method, output_kind=output, layer=layer, steps=steps, baseline=baseline,
            keep_special=keep_special, target=target, quick=quick, explanations=[])
        if method == "gradient-x-input":
            case.update(
                id="/".join([name, method, reduction, layer, target, output]), reduction=reduction, steps=1,
                baseline=None)
        for explained in self.explained(name, target, output):
            count = explained.count or len(encoding.ids)
            ids = [token if token is not None and i in replaced else t for i, t in enumerate(encoding.ids)][:count]
            request = types.SimpleNamespace(
                ids=torch.tensor([encoding.ids[:count]]), type_ids=torch.tensor([encoding.type_ids[:count]]),
                layer=layer, steps=steps, replaced=[i for i in replaced if i < count], reduction=reduction,
                baseline_ids=None if baseline == "zero" else torch.tensor([ids]))
            assert baseline == "zero" or token is not None, baseline
            explain = integrated_gradients if method == "integrated-gradients" else gradient_times_input
            worst, found = explain(self.exact, self.single, request, explained.output)
            self.worst = max(self.worst, worst)
            case["explanations"].append(
                dict(target=explained.name, target_index=explained.index, target_position=explained.position, **found))
        self.cases.append(case)

    def explained(self, name, target, kind):
        """The outputs that a target means, each with the tokens that the model reads."""
        def one(position, index=None, row=None, count=None, coefficients=None, maximum=False):
            coefficients = coefficients or {index: 1}
            title = self.name(index) if index is not None else target
            among = candidates(self.tokenizer, self.encodings[name]) if self.head == "question-answering" else None
            return types.SimpleNamespace(
                name=title, index=index, position=position, count=count,
                output=Output(coefficients, row, maximum, self.probability if kind == "probability" else None, among))

        if target == "maximum":
            return [one(None, index, maximum=True) for index in (0, 1)]
        contrast = [self.index(part) for part in target.split(" - ")] if " - " in target else None
        found = []
        for position, chosen in self.inputs[name]["choices"]:
            place = dict(position=position, row=position)
            if self.head == "sequence-classification":
                place = dict(position=None)
            elif self.head == "causal-lm":
                place = dict(position=position, row=position - 1, count=position)
            if contrast:
                found.append(one(coefficients={contrast[0]: 1, contrast[1]: -1}, **place))
            elif target == "predicted" or self.index(target) == chosen or self.head != "question-answering":
                found.append(one(index=chosen if target == "predicted" else self.index(target), **place))
        return found

    def result(self):
        settings = {}
        if self.head == "question-answering":
            settings = dict(stride=STRIDE, maximum_answer_length=ANSWER_LENGTH)
        if self.head == "causal-lm":
            settings = dict(maximum_new_tokens=NEW_TOKENS)
        return dict(
            format="salience-family-cases/1", family=self.spec["family"], head=self.head, **settings,
            mean_pooling=self.spec["rename"] == ("", "encoder."), attention_peak=nine(self.attention_peak),
            float32_worst=float(f"{self.worst:.2g}"),
            labels=self.labels if "classification" in self.head else [], inputs=list(self.inputs.values()),
            cases=self.cases)
