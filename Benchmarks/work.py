"""How much arithmetic integrated gradients asks for, counted by formula and the same for every program.

An evaluation of T tokens is a forward and a backward pass towards the embeddings, two floating point operations for
each multiplication and addition of a matrix product:

    linear layers, forward    2 T P          P = weights of the linear layers of all encoder blocks
    attention, forward        4 T T H L      scores and mixing: 2 T T H each, in each of L layers
    linear layers, backward   2 T P          gradients of inputs alone; weights are frozen
    attention, backward       8 T T H L      gradients of the values, the probabilities, the queries and the keys

Embeddings, LayerNorm, GELU and softmax are not counted. A program that leaves work out (a row that cannot matter, a
product that is linear in the step) is credited with the whole count: the rate is effective, not executed.
"""


def linear_weights(config):
    """Weights of the encoder's linear layers; the head, applied to one token, is left out."""
    hidden = getattr(config, "hidden_size", None) or config.dim
    feed_forward = getattr(config, "intermediate_size", None) or config.hidden_dim
    return layers(config) * (4 * hidden * hidden + 2 * hidden * feed_forward)


def layers(config):
    return getattr(config, "num_hidden_layers", None) or config.n_layers


def evaluation(config, tokens):
    """Floating point operations of one forward and backward pass over one text."""
    hidden = getattr(config, "hidden_size", None) or config.dim
    linear = 2 * tokens * linear_weights(config)
    attention = 4 * tokens * tokens * hidden * layers(config)
    return 2 * linear + 3 * attention


def operations(config, lengths, steps):
    """Floating point operations of all texts at a fixed number of steps."""
    return steps * sum(evaluation(config, tokens) for tokens in lengths)
