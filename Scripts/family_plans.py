"""Which cases each head has. `quick` ones are few and short, for devices that are slow."""

# Ecco's saliency.
LENGTHS = dict(method="gradient-x-input", reduction="l2", layer="word-embeddings")


def sequence_classification(maker):
    for name in ("ordinary", "hostile", "short", "pair", "empty"):
        maker.add(name, steps=50, quick=name == "short")
    maker.add("long")
    for baseline in ("mask", "unk", "zero", maker.common):
        if baseline in ("zero", maker.common) or f"{baseline}_token" in maker.marks:
            maker.add("ordinary", baseline=baseline)
    maker.add("ordinary", keep_special=False)
    maker.add("hostile", layer="word-embeddings", quick=True)
    maker.add("hostile", **LENGTHS, quick=True)
    maker.add("hostile", method="gradient-x-input", reduction="sum")
    if len(maker.labels) > 1:
        others = [label for label in maker.labels if maker.index(label) != maker.inputs["ordinary"]["choices"][0][1]]
        maker.add("ordinary", target=others[0])
        maker.add("ordinary", target=f"{others[0]} - {others[1]}")
        maker.add("hostile", output="probability")
    if maker.probability == "sigmoid":
        maker.add("short", output="probability", quick=True)
        maker.add("hostile", method="gradient-x-input", reduction="sum", output="probability")
        maker.add("ordinary", output="probability", layer="encoder layer 1")
        if len(maker.labels) > 1:
            maker.add("ordinary", target=f"{others[0]} - {others[1]}", output="probability")
    if maker.spec["family"] != "albert":
        maker.add("ordinary", layer="encoder layer 0")
        maker.add("hostile", layer=f"encoder layer {maker.exact.depth - 1}", quick=True)


def question_answering(maker):
    maker.add("ordinary", steps=50)
    maker.add("hostile", quick=True)
    maker.add("windows")
    maker.add("ordinary", target="maximum", steps=50)
    maker.add("hostile", target="maximum", quick=True)
    maker.add("ordinary", target="end", baseline="mask" if "mask_token" in maker.marks else maker.common)
    maker.add("hostile", target="start", layer="word-embeddings")
    maker.add("ordinary", output="probability", steps=50)
    maker.add("hostile", output="probability", quick=True)
    maker.add("windows", output="probability", target="end")
    if maker.spec["family"] != "albert":
        maker.add("hostile", output="probability", layer=f"encoder layer {maker.exact.depth - 1}", target="start")
    maker.add("hostile", method="gradient-x-input", reduction="sum", output="probability", quick=True)
    maker.add("hostile", target="maximum", output="probability")


def token_classification(maker):
    maker.add("ordinary")
    maker.add("short", steps=50, quick=True)
    maker.add("hostile", baseline="unk" if "unk_token" in maker.marks else maker.common)
    maker.add("short", target=maker.labels[1])
    maker.add("short", target=f"{maker.labels[2]} - {maker.labels[0]}", baseline="zero")
    maker.add("short", **LENGTHS, output="probability")


def masked_lm(maker):
    maker.add("ordinary", steps=50)
    maker.add("short", quick=True)
    maker.add("ordinary", target=maker.common, baseline="unk")
    maker.add("ordinary", target=f"{maker.common} - {maker.tokenizer.encode('good').tokens[1]}", keep_special=False)
    maker.add("short", **LENGTHS, output="probability", quick=True)


def causal_lm(maker):
    tokens = maker.tokenizer.encode("a story").tokens
    for name in ("ordinary", "short"):
        maker.add(name, steps=50 if name == "short" else 20, quick=name == "short")
    maker.add("short", baseline="zero", layer="word-embeddings")
    maker.add("short", baseline=tokens[-1], output="probability")
    maker.add("ordinary", target=f"{maker.common} - {tokens[-1]}")
    maker.add("short", target=tokens[-1])
    for output in ("logit", "probability"):
        maker.add("ordinary", **LENGTHS, output=output)
        maker.add("short", **LENGTHS, output=output, quick=True)


PLANS = {
    "sequence-classification": sequence_classification, "question-answering": question_answering,
    "token-classification": token_classification, "masked-lm": masked_lm, "causal-lm": causal_lm}
