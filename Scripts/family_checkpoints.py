"""Small seeded checkpoints of every model family and head, in the layout of the Hub."""

import json

import torch
from safetensors.torch import load_file, save_file
import transformers

import family_tokenizers as tokenizers

POSITIONS = 128
HEADS = {
    "sequence-classification": "SequenceClassification", "question-answering": "QuestionAnswering",
    "token-classification": "TokenClassification", "masked-lm": "MaskedLM", "causal-lm": "CausalLM"}
DTYPES = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}

SMALL = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64)
DECODER = dict(SMALL, num_key_value_heads=2, max_position_embeddings=POSITIONS)
BIASED = dict(type_vocab_size=2, max_position_embeddings=POSITIONS)
V3 = dict(
    SMALL, relative_attention=True, position_buckets=16, norm_rel_ebd="layer_norm", share_att_key=True,
    pos_att_type="p2c|c2p", max_relative_positions=-1, position_biased_input=False, type_vocab_size=0,
    max_position_embeddings=POSITIONS, layer_norm_eps=1e-7)
LLAMA3_ROPE = dict(
    rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=16,
    rope_theta=10000.0)
MODERN = dict(SMALL, num_hidden_layers=4, intermediate_size=48, local_attention=12, max_position_embeddings=POSITIONS)
QUERIES_AND_KEYS = ("query", "key", "q_lin", "k_lin", "q_proj", "k_proj", "c_attn", "Wqkv")

# Class names of transformers start with the first entry. `std` spreads the weights of linear layers so far that
# attention is sharp. Sizes and head counts differ between families on purpose.
FAMILIES = {
    "bert": ("Bert", tokenizers.word_piece, 0.30, dict(SMALL, **BIASED)),
    "distilbert": ("DistilBert", tokenizers.word_piece, 0.30, dict(
        dim=32, n_layers=2, n_heads=4, hidden_dim=64, max_position_embeddings=POSITIONS)),
    "roberta": ("Roberta", tokenizers.roberta, 0.30, dict(
        SMALL, type_vocab_size=1, max_position_embeddings=POSITIONS + 2, layer_norm_eps=1e-5)),
    "xlm-roberta": ("XLMRoberta", tokenizers.xlm_roberta, 0.26, dict(
        SMALL, hidden_size=36, num_attention_heads=3, type_vocab_size=1, max_position_embeddings=POSITIONS + 2,
        layer_norm_eps=1e-5)),
    "camembert": ("Camembert", tokenizers.xlm_roberta, 0.30, dict(
        SMALL, type_vocab_size=1, max_position_embeddings=POSITIONS + 2, layer_norm_eps=1e-5)),
    "electra": ("Electra", tokenizers.word_piece, 0.28, dict(SMALL, **BIASED, embedding_size=24)),
    "albert": ("Albert", tokenizers.albert, 0.28, dict(
        SMALL, **BIASED, embedding_size=16, num_hidden_layers=4, num_hidden_groups=1, inner_group_num=1,
        hidden_act="gelu_new")),
    "deberta-v2": ("DebertaV2", tokenizers.deberta, 0.26, V3),
    "modernbert": ("ModernBert", tokenizers.modernbert, 0.26, MODERN),
    "gpt2": ("GPT2", tokenizers.gpt2, 0.26, dict(n_embd=32, n_layer=2, n_head=4, n_positions=POSITIONS)),
    "llama": ("Llama", tokenizers.llama3, 0.30, dict(DECODER, rope_parameters=LLAMA3_ROPE)),
    "qwen2": ("Qwen2", tokenizers.qwen, 0.28, dict(DECODER, num_key_value_heads=1, tie_word_embeddings=True)),
    "qwen3": ("Qwen3", tokenizers.qwen, 0.28, dict(DECODER, head_dim=12, tie_word_embeddings=True)),
    "gemma": ("Gemma", tokenizers.gemma, 0.28, dict(DECODER, num_key_value_heads=1, head_dim=16)),
}


# What the first checkpoints of the Hub call the tensors; of those that are tied the file holds the head's alone.
OLDER_NAMES = {
    "LayerNorm.weight": "LayerNorm.gamma", "LayerNorm.bias": "LayerNorm.beta",
    "bert.embeddings.word_embeddings.weight": "cls.predictions.decoder.weight",
    "cls.predictions.bias": "cls.predictions.decoder.bias"}


def variant(family, head, name=None, dtype="f32", tokenizer=None, classes=3, legacy=False, rename=None, names=None,
            stated=None, **config):
    """One folder. `legacy` writes the keys of older config.json files; `rename` changes what the tensors' names begin
    with, `names` parts of them; `stated` is what config.json says although the weights are otherwise."""
    return dict(
        name=name or f"{family}-{head}", family=family, head=head, dtype=dtype, tokenizer=tokenizer, classes=classes,
        legacy=legacy, rename=rename, names=names or {}, stated=stated or {}, config=config)


def every_folder():
    encoders = ("bert", "distilbert", "roberta", "xlm-roberta", "electra", "albert", "deberta-v2", "modernbert")
    for family in encoders:
        if family not in ("bert", "distilbert"):
            yield variant(family, "sequence-classification", legacy=family in ("modernbert", "deberta-v2"))
        yield variant(family, "question-answering", dtype="f16" if family in ("albert", "roberta") else "bf16")
        yield variant(family, "token-classification", dtype="f16", classes=5)
        yield variant(family, "masked-lm", dtype="bf16")
    yield variant(
        "bert", "sequence-classification", "bert-multi-label", classes=4, problem_type="multi_label_classification")
    yield variant(
        "roberta", "sequence-classification", "roberta-regression", "f16", classes=1, problem_type="regression")
    yield variant("bert", "sequence-classification", "bert-one-logit", "f16", classes=1)
    yield variant("camembert", "masked-lm", dtype="f16")
    yield variant("distilbert", "sequence-classification", "distilbert-mean-pooling", rename=("", "encoder."))
    yield variant("albert", "sequence-classification", "albert-groups", "f16", num_hidden_groups=2)
    yield variant("bert", "masked-lm", "bert-older-names", names=OLDER_NAMES)
    yield variant("modernbert", "sequence-classification", "modernbert-mean", "bf16", classifier_pooling="mean")
    yield variant(
        "deberta-v2", "sequence-classification", "deberta-v2-own-keys", "f16", share_att_key=False, position_buckets=-1,
        norm_rel_ebd="none", position_biased_input=True, max_relative_positions=POSITIONS)
    for family in ("gpt2", "llama", "qwen2", "qwen3", "gemma"):
        yield variant(family, "sequence-classification", dtype="f32", legacy=family in ("llama", "qwen2"))
        yield variant(family, "token-classification", dtype="bf16", classes=4)
    yield variant("gpt2", "question-answering", dtype="f16")
    yield variant("gpt2", "causal-lm", rename=("transformer.", ""))
    yield variant(
        "llama", "causal-lm", tokenizer=tokenizers.llama2,
        rope_parameters=dict(rope_type="default", rope_theta=500.0))
    yield variant("qwen2", "causal-lm", "qwen2-causal-lm", "bf16")
    yield variant("qwen3", "causal-lm", "qwen3-causal-lm", "f16")
    yield variant(
        "qwen3", "causal-lm", "qwen3-own-outputs", "bf16", tie_word_embeddings=False,
        stated=dict(tie_word_embeddings=True))
    yield variant("gemma", "causal-lm", "gemma-causal-lm", "bf16", legacy=True)
    yield variant(
        "qwen2", "causal-lm", "qwen2-sliding-window", "f16", legacy=True, use_sliding_window=True, sliding_window=6,
        max_window_layers=1)
    yield variant(
        "llama", "causal-lm", "llama-biases", "bf16", legacy=True, attention_bias=True, mlp_bias=True,
        tie_word_embeddings=True, eos_token_id=list(range(1, 380, 30)),
        rope_parameters=dict(rope_type="linear", factor=2.0, rope_theta=10000.0))


def special_ids(tokenizer, marks, family):
    """The ids that config.json holds; a classifier of GPT-2 takes its end token for padding."""
    ids = {f"{mark.removesuffix('_token')}_token_id": tokenizer.token_to_id(token) for mark, token in marks.items()
           if mark in ("pad_token", "bos_token", "eos_token")}
    ids.setdefault("pad_token_id", ids.get("eos_token_id", 0))
    if family == "modernbert":
        ids.update(cls_token_id=tokenizer.token_to_id("[CLS]"), sep_token_id=tokenizer.token_to_id("[SEP]"))
        ids.update(bos_token_id=ids["cls_token_id"], eos_token_id=ids["sep_token_id"])
    return ids


def make_model(spec):
    prefix, tokenizer, std, config = FAMILIES[spec["family"]]
    tokenizer, marks = (spec["tokenizer"] or tokenizer)()
    labels = [f"class-{i}" for i in range(spec["classes"])]
    if spec["head"] == "question-answering":
        labels = labels[:2]
    config = getattr(transformers, f"{prefix}Config")(**{
        **config, **special_ids(tokenizer, marks, spec["family"]), "vocab_size": tokenizer.get_vocab_size(),
        "id2label": dict(enumerate(labels)), "label2id": {l: i for i, l in enumerate(labels)}, **spec["config"]})
    ending = "LMHeadModel" if (prefix, spec["head"]) == ("GPT2", "causal-lm") else f"For{HEADS[spec['head']]}"
    return getattr(transformers, prefix + ending)(config), tokenizer, marks, std


def fill(model, std, seed):
    """Replaces every parameter: norms that can be seen, tables and linear layers that make attention sharp."""
    generator = torch.Generator().manual_seed(seed)
    gemma = model.config.model_type == "gemma"
    norms = {name for name, module in model.named_modules() if "Norm" in type(module).__name__}
    tables = {name for name, module in model.named_modules() if isinstance(module, torch.nn.Embedding)}
    for name, parameter in model.named_parameters():
        owner, _, kind = name.rpartition(".")
        noise = torch.randn(parameter.shape, generator=generator)
        if owner in norms:
            value = (0 if gemma else 1) + 0.2 * noise if kind == "weight" else 0.1 * noise
            if owner.endswith(("q_norm", "k_norm")):  # queries and keys have the length that these give them
                value = 1.8 * value
        elif owner in tables:
            value = noise * (0.4 if gemma else 1.0)
        else:
            queries = any(part in owner for part in QUERIES_AND_KEYS)
            value = 0.1 * noise if kind == "bias" else std * (1.35 if queries else 1) * noise
        parameter.data = value


def older_keys(config):
    """The same settings as files on the Hub name them that were written before `rope_parameters`."""
    rope = config.pop("rope_parameters", None)
    config["torch_dtype"] = config.pop("dtype")
    if config["model_type"] == "modernbert":
        config["global_rope_theta"] = rope["full_attention"]["rope_theta"]
        config["local_rope_theta"] = rope["sliding_attention"]["rope_theta"]
        config.pop("layer_types")
        config["global_attn_every_n_layers"] = 3
    elif config["model_type"] == "deberta-v2":
        config["pos_att_type"] = "|".join(config["pos_att_type"])
    elif rope:
        config["rope_theta"] = rope.pop("rope_theta")
        config["rope_scaling"] = None if rope["rope_type"] == "default" else rope
        config.pop("layer_types", None)
    return config


def write_checkpoint(spec, directory, seed):
    model, tokenizer, marks, std = make_model(spec)
    fill(model, std, seed)
    dtype = DTYPES[spec["dtype"]]
    model.config.dtype = dtype
    model.to(dtype).save_pretrained(directory)
    if spec["rename"] or spec["names"]:
        old, new = spec["rename"] or ("", "")
        path = directory / "model.safetensors"
        renamed = {}
        for name, tensor in load_file(path).items():
            for part, other in spec["names"].items():
                name = name.replace(part, other)
            renamed[new + name.removeprefix(old)] = tensor
        save_file(renamed, path, {"format": "pt"})
    path = directory / "config.json"
    config = json.loads(path.read_text(encoding="utf-8")) | spec["stated"]
    config = older_keys(config) if spec["legacy"] else config
    path.write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    (directory / "tokenizer.json").write_text(tokenizer.to_str(), encoding="utf-8")
    settings = dict(marks, model_max_length=POSITIONS, tokenizer_class="PreTrainedTokenizerFast")
    if spec["family"] in ("bert", "electra", "albert"):
        # The references give these models the token types, which this tokenizer class does not unless told to.
        settings["model_input_names"] = ["input_ids", "token_type_ids", "attention_mask"]
    (directory / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
