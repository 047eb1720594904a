"""How much arithmetic integrated gradients asks for, counted by formula and the same for every program.

An evaluation of T tokens is a forward and a backward pass towards the embeddings, two floating point operations for
each multiplication and addition of a matrix product:

    linear layers, forward    2 T P          P = weights of the linear layers of all encoder blocks
    attention, forward        4 T T H L      scores and mixing: 2 T T H each, in each of L layers
    linear layers, backward   2 T P          gradients of inputs alone; weights are frozen
    attention, backward       8 T T H L      gradients of the values, the probabilities, the queries and the keys

Embeddings, LayerNorm, GELU and softmax are not counted. `operations` credits a program that leaves work out with the
whole count: that rate is effective. `executed_operations` counts what Salience really multiplies, for the fraction of
the matrix product's own rate: its last layer has the first row alone, to which the weights of keys and values are
applied in place of every token; its first layer's queries, keys and values are blended from the ends of the path, and
their gradients multiplied once as a sum.
"""


def sizes(config):
    """Hidden size and feed-forward size, by either family's names."""
    hidden = getattr(config, "hidden_size", None) or config.dim
    return hidden, getattr(config, "intermediate_size", None) or config.hidden_dim


def layer_weights(config):
    """Weights of one encoder block's linear layers; the head, applied to one token, is left out."""
    hidden, feed_forward = sizes(config)
    return 4 * hidden * hidden + 2 * hidden * feed_forward


def layers(config):
    return getattr(config, "num_hidden_layers", None) or config.n_layers


def heads(config):
    return getattr(config, "num_attention_heads", None) or config.n_heads


def layer(config, tokens):
    """Floating point operations of one forward and backward pass of one text through one encoder block."""
    hidden, _ = sizes(config)
    linear = 2 * tokens * layer_weights(config)
    attention = 4 * tokens * tokens * hidden
    return 2 * linear + 3 * attention


def first_row_layer(config, tokens):
    """The same where only the block's first row is read: its heads attend to the other rows themselves.

    The rows of a single layer pass through keys and values all the same, which `blended` takes off again.
    """
    hidden, _ = sizes(config)
    if layers(config) > 1:
        return 2 * 2 * layer_weights(config) + 3 * 4 * tokens * heads(config) * hidden
    keys_values = 2 * hidden * hidden
    linear = 2 * (tokens * keys_values + layer_weights(config) - keys_values)
    attention = 4 * tokens * hidden
    return 2 * linear + 3 * attention


def operations(config, lengths, steps):
    """Floating point operations of all texts at a fixed number of steps, every row of every layer computed."""
    return steps * sum(layers(config) * layer(config, tokens) for tokens in lengths)


def blended(config, tokens, tolerance):
    """What the first layer's queries, keys and values need not multiply at a step.

    With a tolerance every step's gradient is multiplied all the same. Attention to a single layer's first row needs
    the queries of that row alone.
    """
    hidden, _ = sizes(config)
    products = 3 if layers(config) > 1 else 2
    return (1 if tolerance else 2) * 2 * tokens * products * hidden * hidden


def executed_operations(config, lengths, steps, tolerance=False):
    """Floating point operations that Salience executes for them."""
    return steps * sum(
        (layers(config) - 1) * layer(config, tokens) + first_row_layer(config, tokens) - blended(config, tokens, tolerance)
        for tokens in lengths)
