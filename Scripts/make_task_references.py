#!/usr/bin/env python3
"""Writes Tests/Fixtures/tasks/references.json: what transformers makes of the data of the tasks' pipelines.

Needs: torch, transformers, tokenizers, safetensors.

    python Scripts/make_task_references.py
"""

import csv
import json

import torch
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM, AutoModelForQuestionAnswering

import train_language_model
import train_reader
import train_subjects
from train_reader import ROOT

GENERATED = 35


def rows(name):
    with open(ROOT / f"datasets/{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def loaded(kind, name):
    directory = ROOT / "models" / name
    return (kind.from_pretrained(directory, dtype=torch.float32).eval(),
            Tokenizer.from_file(str(directory / "tokenizer.json")))


def continuations():
    model, tokenizer = loaded(AutoModelForCausalLM, "language-model")
    return {row["id"]: train_language_model.continued(model, tokenizer, row["prompt"], GENERATED)[len(row["prompt"]):]
            for row in rows("prompts")}


def subjects():
    model, tokenizer = train_subjects.read_checkpoint(ROOT / "models/subjects")
    names, found = model.distilbert.config.id2label, {}
    for row in rows("definitions"):
        logits = train_subjects.logits_of(model, [tokenizer.encode(row["definition"]).ids])[0]
        found[row["id"]] = names[logits.argmax().item()]
    return found


def answers():
    model, tokenizer = loaded(AutoModelForQuestionAnswering, "reader")
    data = json.loads((ROOT / "datasets/questions.json").read_text(encoding="utf-8"))["data"]
    return {entry["id"]: train_reader.answer(model, tokenizer, entry["question"], paragraph["context"])
            for article in data for paragraph in article["paragraphs"] for entry in paragraph["qas"]}


def main():
    path = ROOT / "Tests/Fixtures/tasks/references.json"
    path.parent.mkdir(exist_ok=True)
    values = {"causal-lm": continuations(), "mean-pooling": subjects(), "question-answering": answers()}
    path.write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(path)


if __name__ == "__main__":
    main()
