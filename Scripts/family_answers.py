"""Answers as the `question-answering` pipeline of transformers 4 finds them (transformers 5 has none)."""

import math

import numpy as np
import torch

from family_reference import Unfit
from make_reference_fixtures import nine, rounded

# Two spans nearer to each other, relative to the better one, have no float32 order.
NEAR_SPANS = 1e-3


def probabilities(logits, kept):
    """Softmax over the kept tokens; the classification token, where it is kept, only takes its share."""
    kept_logits = np.where(kept, logits, -math.inf)
    found = np.exp(kept_logits - kept_logits.max())
    return found / found.sum()


def spans(start, end, allowed, longest):
    """[first, last] products of the allowed spans of at most `longest` tokens."""
    product = np.outer(start * allowed, end * allowed)
    return np.tril(np.triu(product), longest - 1)


def characters(window, first, last):
    """From the start of the first token's word to the end of the last one's; the tokens' own without words."""
    first_word, last_word = window.token_to_word(first), window.token_to_word(last)
    if first_word is None or last_word is None:
        return window.offsets[first][0], window.offsets[last][1]
    return window.word_to_chars(first_word, 1)[0], window.word_to_chars(last_word, 1)[1]


def candidates(tokenizer, window):
    """The tokens that the softmax is over: the context's, and the classification token."""
    cls = tokenizer.token_to_id("[CLS]") if tokenizer.token_to_id("[CLS]") is not None else tokenizer.token_to_id("<s>")
    return [sequence == 1 or token == cls for sequence, token in zip(window.sequence_ids, window.ids)]


def best_answer(reference, tokenizer, encoding, context, longest):
    """What is decided, and the window of the context that it comes from."""
    best, scores = None, []
    for window in [encoding] + encoding.overflowing:
        with torch.no_grad():
            logits = reference.outputs(torch.tensor([window.ids]), torch.tensor([window.type_ids]))[0]
        allowed = np.array([sequence == 1 for sequence in window.sequence_ids])
        kept = np.array(candidates(tokenizer, window))
        products = spans(*(probabilities(logits[:, i].numpy(), kept) for i in (0, 1)), allowed, longest)
        scores += sorted(products.flatten())[-2:]
        if best is None or products.max() > best[0].max():
            best = products, window, logits
    products, window, logits = best
    scores.sort()
    if scores[-1] - scores[-2] < NEAR_SPANS * scores[-1]:
        raise Unfit("two answers are nearly the best")
    first, last = (int(i) for i in np.unravel_index(products.argmax(), products.shape))
    start, end = characters(window, first, last)
    return dict(
        choices=[[first, 0], [last, 1]], probability=nine(products.max().item()), answer_start=start, answer_end=end,
        answer=context[start:end],
        # A window cut off by the tokenizer keeps types that its template does not have.
        token_type_ids=window.type_ids if any(encoding.type_ids) else [0] * len(window.ids),
        logits=rounded(torch.stack([logits[first, 0], logits[last, 1]]))), window
