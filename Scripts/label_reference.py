"""Writes Tests/Fixtures/labels/references.json: which class a label means, and which answers match exactly.

usage: label_reference.py [OUTPUT]

The classes' names and LABEL_n are looked up in transformers' own `id2label` and `label2id`, numbers are read by pandas, and answers
are compared by `compute_exact` of transformers' `squad_metrics` (transformers 4, which has that module; pandas 2).
"""
import json
import pathlib
import sys

import pandas
from transformers import PretrainedConfig
from transformers.data.metrics.squad_metrics import compute_exact

NAMES = [
    ["negative", "positive"],
    ["NEGATIVE", "Positive", "neutral"],
    ["1", "2", "3"],
    ["LABEL_1", "LABEL_0"],
    ["a", "A", "b"],
    ["Größe", "straße"],
    ["entailment", "not entailment"],
]
LABELS = [
    "negative", "positive", "Positive", "POSITIVE", "0", "1", "2", "3", "1.0", "1.", "01", "1e0", "0.0", "1.5", "-1",
    "-0.5", "nan", "inf", "LABEL_0", "LABEL_1", "label_1", "Label_2", "LABEL_", "LABEL_x", " 1 ", " positive\t", "",
    "  ", "no such label", "a", "A", "B", "GRÖSSE", "größe", "Entailment", "not entailment", "0x1", "1_0", "true",
    "99999999999999999999", "١",
]
ANSWERS = [
    ("The cat", ["cat"]), ("cat", ["The cat", "a dog"]), ("cats", ["cat"]), ("a the an", ["the"]), ("", ["the"]),
    ("", ["x"]), ("U.S.", ["US", "U S"]), ("U.S.", ["u s"]), ("an apple", ["apple"]), ("another", ["other"]),
    ("then", ["the n"]), ("rock-n-roll", ["rocknroll"]), ("  two   words ", ["Two words"]), ("two\u00a0words", ["two words"]),
    ("Zoë", ["zoë"]), ("Zoe\u0308", ["Zoë"]), ("ΟΔΟΣ", ["οδος"]), ("“the” end", ["“” end", "“ ” end"]),
    ("theٔ end", ["ٔ end"]), ("the\u0301 end", ["end"]), ("1,000", ["1000"]), ("5 %", ["5"]), ("a_b", ["ab"]),
    ("the² x", ["x"]), ("a-x", ["ax"]), ("a—x", ["—x", "— x"]), ("x—a", ["x—"]), ("naïve", ["naive"]), ("İ", ["i̇"]),
]


def meaning(names, label):
    """The class, as the documentation says it: name, number, name without case, LABEL_n."""
    label = label.strip()
    if not label:
        return None
    by_name = {name: index for index, name in PretrainedConfig(id2label=dict(enumerate(names))).id2label.items()}
    number = pandas.to_numeric(pandas.Series([label]), errors="coerce").iloc[0] if label.isascii() else float("nan")
    # What pandas takes for a number that no table writes so.
    is_plain = label[0].isdigit() and not set(label) - set("0123456789.eE+-")
    whole = int(number) if is_plain and pandas.notna(number) and number == int(number) else None
    for name in [label] + ([str(whole)] if whole is not None else []):
        if name in by_name:
            return by_name[name]
    folded = [index for name, index in by_name.items() if name.lower() == label.lower()]
    if len(folded) == 1:
        return folded[0]
    if folded:
        return None
    if whole is not None:
        return whole if whole < len(names) else None
    return PretrainedConfig(num_labels=len(names)).label2id.get(label.upper())


root = pathlib.Path(__file__).resolve().parent.parent
output = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else root / "Tests/Fixtures/labels/references.json"
document = {
    "classes": [
        {"names": names, "labels": [{"label": label, "index": meaning(names, label)} for label in LABELS]}
        for names in NAMES
    ],
    "answers": [
        {"answer": answer, "labels": labels, "correct": any(compute_exact(label, answer) for label in labels)}
        for answer, labels in ANSWERS
    ],
}
output.parent.mkdir(parents=True, exist_ok=True)
output.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
