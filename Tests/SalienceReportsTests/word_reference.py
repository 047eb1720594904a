"""Recomputes word scores from the table of tokens with pandas, and checks the column and the CSV file of words.

usage: word_reference.py RUN_DIR sum|mean|maximum WORDS_CSV [TOKENIZER_DIR...]

With tokenizers, whose names are the run's models, words are `word_ids` of Hugging Face tokenizers, or, for those that
call a whole text one word, what lies between spaces.
"""
import os
import sys

import duckdb
import numpy as np
import pandas as pd

run, rule, path, *directories = sys.argv[1:]
tokens = duckdb.sql(
    f"""select t.*, p.text, p.text_pair
        from read_parquet('{run}/attributions/*/*.parquet', hive_partitioning = true) t
        join read_parquet('{run}/predictions/*/*.parquet', hive_partitioning = true) p using (model, row)
        order by model, row, method, target_index, target_position, position""").df()
KEY = ["model", "row", "method", "target", "target_position"]
tokens["target_position"] = tokens.target_position.fillna(-1).astype(int)
GENERATED = {"Once upon": [0, 1, 1, 2, 3, 3, 4]}
NO_WORDS = {"llama2", "gemma", "mistral"}


def missing(value):
    return value is None or value is pd.NA or value != value


def runs(keys):
    """Numbers of the runs of equal keys; None is a run of its own each time."""
    number, out = -1, []
    for index, key in enumerate(keys):
        if index == 0 or key is None or key != keys[index - 1]:
            number += 1
        out.append(number)
    return out


def hugging_face(directories):
    from tokenizers import Tokenizer

    groups = {}
    by_model = dict(list(tokens.groupby("model")))
    for directory in directories:
        name = os.path.basename(directory)
        tokenizer = Tokenizer.from_file(f"{directory}/tokenizer.json")
        tokenizer.no_truncation()
        tokenizer.no_padding()
        for row, group in by_model[name].groupby("row"):
            text, pair = group.text.iloc[0], group.text_pair.iloc[0]
            pair = None if missing(pair) else pair
            encoding = tokenizer.encode(text, pair) if pair is not None else tokenizer.encode(text)
            assert encoding.ids == list(group.token_id), (name, row)
            keys, breaks, before = [], 0, ""
            for sequence, word, mask, token in zip(
                    encoding.sequence_ids, encoding.word_ids, encoding.special_tokens_mask, encoding.tokens):
                # A line break inside a word of DeBERTa's pre-tokenizer, which splits at spaces alone.
                breaks += token[:1].isspace() and before.strip("▁ \r\n\t") != ""
                key = None if mask or word is None else (sequence, word, breaks)
                before = before + token if keys and keys[-1] == key else token
                keys.append(key)
            groups[name, row] = runs(keys)
    return groups


groups = hugging_face(directories)
columns = []
for key, group in tokens.groupby(KEY, sort=False):
    if key[:2] in groups and key[0] not in NO_WORDS:
        columns += groups[key[:2]]
    elif not directories and group.text.iloc[0] in GENERATED:
        columns += GENERATED[group.text.iloc[0]][:len(group)]
    elif directories:
        # Tested below by the words' texts.
        columns += [int(p) for p in group.position]
    else:
        columns += runs([None if s or missing(w) else (g, w) for s, w, g in zip(group.special, group.word, group.segment)])
tokens["group"] = columns
merge = {
    "sum": lambda s: s.astype("float64").sum(),
    "mean": lambda s: s.astype("float64").mean(),
    "maximum": lambda s: s.iloc[int(np.argmax(np.abs(s.to_numpy())))],
}[rule]
checked = tokens[~tokens.model.isin(NO_WORDS)] if directories else tokens
words = checked.groupby(KEY + ["group"], sort=False).agg(
    count=("token", "size"), attribution=("attribution", merge), normalized=("normalized", merge),
    position=("position", "min"), start=("start", "min"), end=("end", "max"), segment=("segment", "first"),
    text=("text", "first"), text_pair=("text_pair", "first"), token=("token", "first")).reset_index()

column = checked.merge(words[KEY + ["group", "attribution"]], on=KEY + ["group"], suffixes=("", "_of_word"))
assert len(column) == len(checked) > 0
error = (column.word_attribution.astype("float64") - column.attribution_of_word).abs()
wrong = error > 1e-6 * (1 + column.attribution_of_word.abs())
assert not wrong.any(), column[wrong][["model", "row", "token", "word", "group", "start", "end"]].head(20).to_string()

written = pd.read_csv(path, keep_default_na=False, dtype={"word_text": str}, na_values={
    name: [""] for name in ("target_position", "start", "end", "word")})
written["target_position"] = written.target_position.fillna(-1).astype(int)
ORDER = KEY + ["position"]
mine = written[~written.model.isin(NO_WORDS)] if directories else written
left, right = (f.sort_values(ORDER, kind="stable").reset_index(drop=True) for f in (mine, words))
assert len(left) == len(right) > 0, (len(left), len(right))
for name in ORDER + ["segment"]:
    assert left[name].astype(str).tolist() == right[name].astype(str).tolist(), name
assert left.tokens.tolist() == right["count"].tolist()
for name in ("attribution", "normalized"):
    assert np.allclose(left[name], right[name], rtol=1e-6, atol=1e-6), name
for a, b in zip(left.itertuples(), right.itertuples()):
    if missing(a.start):
        assert missing(b.start)
        continue
    assert (a.start, a.end) == (b.start, b.end)
    text = (b.text_pair if a.segment == 1 else b.text)[int(a.start):int(a.end)]
    if text.strip():
        assert a.word_text.strip() == text.strip(), (a.model, a.word_text, text)

split = 0
texts = tokens.groupby(["model", "row"]).text.first().to_dict()
for key, group in written[written.model.isin(NO_WORDS) & (written.segment == 0)].groupby(["model", "row"]):
    text = texts[key]
    # Other white space is no word boundary to these tokenizers, and added tokens are words of their own.
    if not text.isascii() or not text.isprintable() or "<" in text or "[" in text or not text.split():
        continue
    own = [w for w, special in zip(group.word_text, group.special.astype(str)) if special.lower() == "false"]
    assert [w for w in own if w.strip()] == text.split(), (key, own, text)
    split += 1
assert split > 30 or not directories
print(len(words), split)
