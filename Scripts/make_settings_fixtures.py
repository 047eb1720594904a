#!/usr/bin/env python3
"""Writes Tests/Fixtures/tokenizers/settings.jsonl: files beside a tokenizer.json, and what AutoTokenizer makes of them.

python3 Scripts/make_settings_fixtures.py     (needs `transformers`; some seconds)
"""
import json
import logging
import pathlib
import tempfile

import transformers
from transformers import AutoTokenizer

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Fixtures" / "tokenizers"
TEXTS = [
    "The café's crêpes cost 3 euros, don't they?", " two  spaces at the beginning, and a tab\there",
    "ÀÉ 中文字 [MASK] <mask>now <extra>and <Extra> qx qxqx hémi HÉMI [SEP]", "<|endoftext|>x <s> y</s>", "", "a",
    "one <new> two<new>three [NEW]. n't ' s . ! it 's", "<|im_start|>user <pad>  [PAD]<unk>",
]
LONG = "It was the best of times, it was the worst of times, it was the age of wisdom."
EXTRA = {"__type": "AddedToken", "content": "<extra>", "lstrip": True, "rstrip": False, "normalized": False,
         "single_word": False, "special": True}


def token(content, special=False, **flags):
    return dict(content=content, lstrip=False, rstrip=False, single_word=False, normalized=not special,
                special=special) | flags


def cases():
    """(name, folder of the tokenizer.json, changes to it, files beside it)."""
    bert, gpt2, roberta = ({"model_type": kind} for kind in ("bert", "gpt2", "roberta"))
    fast = {"tokenizer_class": "PreTrainedTokenizerFast"}

    def beside(config, **settings):
        return {"config.json": config, "tokenizer_config.json": settings}

    yield "bert-truncation-left", "uncased", {}, beside(bert, truncation_side="left", model_max_length=16)
    yield "bert-truncation-of-the-file", "uncased", {"truncation": {
        "direction": "Left", "max_length": 9, "strategy": "LongestFirst", "stride": 0}}, beside(bert)
    yield "bert-side-goes-before-the-file", "uncased", {"truncation": {
        "direction": "Left", "max_length": 9, "strategy": "LongestFirst", "stride": 0}}, beside(
            bert, truncation_side="right", padding_side="left")
    yield "bert-padding-of-the-file", "none", {"padding": {
        "strategy": "BatchLongest", "direction": "Left", "pad_to_multiple_of": None, "pad_id": 4, "pad_type_id": 0,
        "pad_token": "[MASK]"}}, beside(bert, **fast)
    yield "bert-no-types", "uncased", {}, beside(bert, model_input_names=["input_ids", "attention_mask"])
    yield "bert-fast-no-types", "uncased", {}, beside(bert, **fast)
    yield "bert-fast-types", "uncased", {}, beside(
        bert, model_input_names=["input_ids", "token_type_ids", "attention_mask"], **fast)
    yield "distilbert-class", "uncased", {}, beside({"model_type": "distilbert"}, tokenizer_class="DistilBertTokenizer")
    yield "bert-class-of-the-model", "cased", {}, {"config.json": bert}
    yield "bert-cased", "uncased", {}, beside(bert, do_lower_case=False, strip_accents=True, tokenize_chinese_chars=False)
    yield "bert-file-as-it-stands", "cased", {}, beside(bert, do_lower_case=True, **fast)
    yield "bert-own-tokens", "uncased", {}, beside(
        bert, additional_special_tokens=["<extra>", "[NEW]"], mask_token="<mask>", sep_token="the")
    yield "bert-extra-tokens", "uncased", {}, beside(
        bert, extra_special_tokens=[EXTRA, "qx"], additional_special_tokens=["unseen"], image_token="<new>", **fast)
    yield "bert-named-extra-tokens", "uncased", {}, beside(bert, extra_special_tokens={"a_token": "<new>", "b": "qx"})
    yield "bert-added-tokens", "uncased", {}, {
        "config.json": bert, "added_tokens.json": {"<extra>": 8001, "hémi": 8000, "qx": 8002},
        "special_tokens_map.json": {"mask_token": "<mask>", "additional_special_tokens": ["qx"], "pad_token": "<extra>"},
        "tokenizer_config.json": {"mask_token": "[MASK]"}}
    yield "bert-decoder-of-added-tokens", "uncased", {}, {
        "config.json": bert, "added_tokens.json": {"<new>": 9000},
        "special_tokens_map.json": {"mask_token": "<mask>", "pad_token": "[UNK]"},
        "tokenizer_config.json": {"added_tokens_decoder": {
            "8001": token("qx", single_word=True), "8000": token("<extra>", True, rstrip=True),
            "4": token("[MASK]", True, lstrip=True)}}}
    yield "bert-changed-tokens", "none", {}, beside(bert, added_tokens_decoder={
        "0": token("[PAD]", True), "4": token("[MASK]", True, rstrip=True), "1500": token("<ent>"),
        "1501": token("yes", True), "1502": token("hémi", normalized=False), "1503": token("qx")}, **fast)
    yield "bert-split-special-tokens", "uncased", {}, beside(bert, split_special_tokens=True)
    yield "bert-clean-up", "uncased", {}, beside(bert, clean_up_tokenization_spaces=True, **fast)
    yield "bert-map-of-objects", "uncased", {}, {
        "config.json": bert, "tokenizer_config.json": {"pad_token": "[UNK]"} | fast, "special_tokens_map.json": {
            "mask_token": token("<mask>", lstrip=True), "pad_token": "[PAD]", "extra_special_tokens": ["<new>"]}}
    yield "bert-map-with-a-list", "uncased", {}, {
        "config.json": bert, "special_tokens_map.json": {"additional_special_tokens": ["<new>", "qx"]}}
    yield "bert-map-with-a-list-too-late", "uncased", {}, {
        "config.json": bert, "tokenizer_config.json": {"additional_special_tokens": ["<extra>"]},
        "special_tokens_map.json": {"additional_special_tokens": ["<new>", "qx"]}}
    yield "bert-length", "uncased", {}, beside(bert, max_len=24)
    yield "bert-truncation-left-fast", "none", {}, beside(bert, truncation_side="left", **fast)
    yield "gpt2-prefix-space", "subword/gpt2", {}, beside(gpt2, add_prefix_space=True)
    yield "gpt2-fast-prefix-space", "subword/gpt2", {}, beside(gpt2, add_prefix_space=True, **fast)
    yield "gpt2-file-with-prefix-space", "subword/gpt2", {"pre_tokenizer": {
        "type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}}, {"config.json": gpt2}
    yield "gpt2-begin", "subword/gpt2", {}, beside(gpt2, add_bos_token=True, pad_token="<pad>", truncation_side="left")
    yield "gpt2-clean-up", "subword/gpt2", {}, beside(gpt2, clean_up_tokenization_spaces=True)
    yield "gpt2-clean-up-anyway", "subword/gpt2", {}, beside(
        gpt2, clean_up_tokenization_spaces=True,
        clean_up_tokenization_spaces_for_bpe_even_though_it_will_corrupt_output=True)
    yield "roberta-prefix-space", "subword/roberta", {}, beside(roberta, add_prefix_space=True, truncation_side="left")
    yield "roberta-no-trimming", "subword/roberta", {}, beside(roberta, trim_offsets=False, tokenizer_class="BartTokenizer")
    yield "roberta-file-with-prefix-space", "subword/roberta-prefix", {}, {"config.json": roberta}
    yield "roberta-types", "subword/roberta", {"post_processor": {
        "type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 0}}],
        "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
        "special_tokens": {}}}, beside(roberta, model_input_names=["input_ids", "token_type_ids"], **fast)
    yield "qwen2-named-wrongly", "subword/qwen2", {"normalizer": None}, beside(
        {"model_type": "qwen2"}, eos_token="<|im_start|>", unk_token=None, bos_token=None, **fast)
    yield "qwen2-prefix-space", "subword/qwen2", {}, beside(
        {"model_type": "qwen2"}, add_prefix_space=True, additional_special_tokens=["<|im_start|>", "<new>"])
    yield "llama-begin-and-end", "subword/llama2", {}, beside(
        {"model_type": "llama"}, tokenizer_class="LlamaTokenizer", add_eos_token=True, add_bos_token=False)
    yield "llama-legacy", "subword/llama2", {}, beside(
        {"model_type": "llama"}, tokenizer_class="LlamaTokenizerFast", legacy=True, pad_token="<new>")
    yield "llama-no-prefix", "subword/llama2", {}, beside(
        {"model_type": "llama"}, tokenizer_class="LlamaTokenizer", add_prefix_space=False, truncation_side="left")
    yield "llama-file-as-it-stands", "subword/llama2", {}, beside({"model_type": "llama"}, add_eos_token=True)
    yield "llama-byte-level", "subword/llama3", {}, beside({"model_type": "llama"}, tokenizer_class="LlamaTokenizerFast")
    yield "gemma", "subword/gemma", {}, beside({"model_type": "gemma"}, pad_token="<pad>", add_bos_token=False)
    yield "albert-cased", "subword/albert", {}, beside({"model_type": "albert"}, do_lower_case=False, keep_accents=True)
    yield "albert-no-prefix", "subword/albert", {"post_processor": None}, beside(
        {"model_type": "albert"}, add_prefix_space=False, model_input_names=["input_ids", "token_type_ids"])
    yield "xlm-roberta", "subword/xlm-roberta", {}, beside(
        {"model_type": "xlm-roberta"}, mask_token=dict(token("<mask>", True, lstrip=True), __type="AddedToken"))
    yield "camembert", "subword/xlm-roberta", {}, beside({"model_type": "camembert"}, mask_token="<mask>")
    yield "deberta-lower", "subword/deberta-v3", {}, beside(
        {"model_type": "deberta-v2"}, do_lower_case=True, split_by_punct=True)
    yield "modernbert-class-of-another", "subword/modernbert", {}, beside(
        {"model_type": "modernbert"}, tokenizer_class="BertTokenizer", truncation_side="left")


def encode(tokenizer, text, pair, limit=None, strategy=True):
    options = dict(max_length=limit, truncation=strategy) if limit else {}
    result = tokenizer(text, pair, return_offsets_mapping=True, return_special_tokens_mask=True, **options)
    ids = result["input_ids"]
    special = result["special_tokens_mask"]
    return dict(
        text=text, pair=pair, limit=limit, strategy=strategy if limit else None, ids=ids,
        types=result.get("token_type_ids", [0] * len(ids)), special=special,
        offsets=[None if mark else list(o) for o, mark in zip(result["offset_mapping"], special)],
        words=[None if mark else w for w, mark in zip(result.word_ids(), special)], decoded=tokenizer.decode(ids))


def reference(name, base, changes, files):
    with tempfile.TemporaryDirectory() as place:
        whole = pathlib.Path(place)
        data = json.loads((FOLDER / base / "tokenizer.json").read_text(encoding="utf-8")) | changes
        (whole / "tokenizer.json").write_text(json.dumps(data), encoding="utf-8")
        for file, content in files.items():
            (whole / file).write_text(json.dumps(content), encoding="utf-8")
        tokenizer = AutoTokenizer.from_pretrained(place)
    added = tokenizer.num_special_tokens_to_add(True)
    encodings = [encode(tokenizer, text, None) for text in TEXTS]
    encodings += [encode(tokenizer, TEXTS[0], TEXTS[6]), encode(tokenizer, LONG, LONG[:25], added + 11)]
    encodings += [encode(tokenizer, LONG, None, 12), encode(tokenizer, LONG[:10], LONG, added + 18, "only_second")]
    roles = {role: getattr(tokenizer, role) for role in (
        "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token")}
    limit = tokenizer.model_max_length
    return dict(
        name=name, base=base, changes=changes, files=files, size=len(tokenizer),
        roles={role: [text, tokenizer.convert_tokens_to_ids(text)] for role, text in roles.items() if text},
        truncation_side=tokenizer.truncation_side, padding_side=tokenizer.padding_side,
        limit=limit if limit < 1 << 31 else None, types="token_type_ids" in tokenizer.model_input_names,
        encodings=encodings)


def main():
    logging.disable(logging.CRITICAL)
    lines = [json.dumps(reference(*case), ensure_ascii=False, separators=(",", ":")) for case in cases()]
    (FOLDER / "settings.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(transformers.__version__, len(lines))


if __name__ == "__main__":
    main()
