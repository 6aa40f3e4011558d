"""The history of generated images that CycleGAN shows its discriminators."""

import keras
import tensorflow as tf

from ganzoo.draws import PHILOX, global_rows, own_rows


@keras.saving.register_keras_serializable("ganzoo")
class ImagePool(keras.layers.Layer):
    """Returns earlier images in place of half of those it is given.

    Shrivastava et al. 2017, 1612.07828, section 2.3, as in CycleGAN's code (Zhu et al. 2017,
    1703.10593, section 4). The rows of a batch come one after another: until the pool is full,
    each is stored and returned; after that, with probability 1/2 it is returned and forgotten, and
    else it takes the place of a stored one, drawn uniformly, which is returned.

    Over several replicas there is one pool, filled by the global batch in the order of its rows,
    so that it does not depend on their number.

    Args:
        capacity: int >= 1, images that it holds.
        image_shape: (height, width, channels).
    """

    def __init__(self, capacity, image_shape, dtype="float32", **kwargs):
        super().__init__(dtype=dtype, **kwargs)
        if capacity < 1:
            raise ValueError(f"`capacity` must be at least 1. Received: {capacity!r}")
        self.capacity, self.image_shape = int(capacity), tuple(image_shape)
        # Every replica writes the same values.
        shared = {"trainable": False, "aggregation": "only_first_replica", "initializer": "zeros"}
        self.images = self.add_weight(
            name="images", shape=(self.capacity, *self.image_shape), **shared
        )
        self.stored = self.add_weight(name="stored", shape=(), dtype="int32", **shared)
        self.built = True

    def call(self, images, seed):
        """Images of the present and the past, as many as given.

        Args:
            images: float (batch, *image_shape), this replica's rows.
            seed: int64 (2,), a stateless seed that is the same on every replica.
        """
        new = global_rows(images)
        rows = tf.shape(new)[0]
        swap = tf.random.stateless_uniform([rows], tf.random.fold_in(seed, 0), alg=PHILOX) < 0.5
        places = tf.random.stateless_uniform(
            [rows], tf.random.fold_in(seed, 1), 0, self.capacity, tf.int32, alg=PHILOX
        )
        # Images are named by their row in `everything`; names are moved, then images, once.
        everything = tf.concat([tf.convert_to_tensor(self.images), new], 0)

        def move(row, held, stored, returned):
            name = self.capacity + row
            filling = stored < self.capacity
            place = tf.where(filling, stored, places[row])
            take = ~filling & swap[row]
            put = filling | swap[row]
            returned = returned.write(row, tf.where(take, held[place], name))
            held = tf.tensor_scatter_nd_update(held, [[place]], [tf.where(put, name, held[place])])
            return row + 1, held, stored + tf.cast(filling, tf.int32), returned

        _, held, stored, returned = tf.while_loop(
            lambda row, *_: row < rows,
            move,
            (
                0,
                tf.range(self.capacity),
                tf.convert_to_tensor(self.stored),
                tf.TensorArray(tf.int32, rows),
            ),
        )
        self.images.assign(tf.gather(everything, held))
        self.stored.assign(stored)
        chosen = own_rows(tf.gather(everything, returned.stack()))
        return tf.stop_gradient(tf.reshape(chosen, tf.shape(images)))

    def get_config(self):
        return super().get_config() | {
            "capacity": self.capacity,
            "image_shape": self.image_shape,
        }
