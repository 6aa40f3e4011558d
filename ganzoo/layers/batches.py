"""One call of a network for several batches."""

import keras
import tensorflow as tf

# A lambda may do anything.
MIXING = (keras.layers.BatchNormalization, keras.layers.Lambda)


def jointly(network, *batches):
    """A network's training outputs for each of several batches.

    One call on all rows, fewer and larger operations, if every layer treats each row alone;
    otherwise (batch normalisation, or a layer that neither Keras nor ganzoo has) a call for each.

    Args:
        network: Keras model.
        *batches: its inputs, float tensors (batch, ...) or lists of such; alike but for the
            number of rows.

    Returns:
        List with the network's outputs, as it returns them, for each batch.
    """
    if not _treats_rows_alone(network):
        return [network(batch, training=True) for batch in batches]
    rows = [tf.shape(tf.nest.flatten(batch)[0])[0] for batch in batches]
    inputs = tf.nest.map_structure(_concatenated, *batches)
    outputs = network(inputs, training=True)
    parts = [tf.split(output, rows) for output in tf.nest.flatten(outputs)]
    return [tf.nest.pack_sequence_as(outputs, part) for part in zip(*parts, strict=True)]


def _concatenated(*parts):
    # A network's outputs may be of another float type than what is drawn.
    return tf.concat([tf.cast(part, tf.float32) for part in parts], 0)


def _treats_rows_alone(network):
    layers = list(network._flatten_layers())
    operations = {o for layer in layers for o in getattr(layer, "operations", ())}
    return all(
        isinstance(operation, keras.layers.Layer)
        and not isinstance(operation, MIXING)
        and type(operation).__module__.split(".")[0] in ("keras", "ganzoo")
        for operation in operations.union(layers)
    )
