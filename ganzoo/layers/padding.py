"""Reflection padding, which Keras has as a function only."""

import keras


@keras.saving.register_keras_serializable("ganzoo")
class ReflectionPadding2D(keras.layers.Layer):
    """Mirrors a map at its borders, without repeating the border itself.

    Args:
        padding: int >= 1 and below both sides of the map: rows and columns added on each side.

    Inputs (batch, height, width, channels); outputs (batch, height + 2 padding,
    width + 2 padding, channels).
    """

    def __init__(self, padding=1, **kwargs):
        super().__init__(**kwargs)
        self.padding = int(padding)

    def build(self, input_shape):
        if not 1 <= self.padding < min(input_shape[1:3]):
            raise ValueError(
                f"`padding` must be at least 1 and below the map's sides {input_shape[1:3]}. "
                f"Received: {self.padding}"
            )

    def call(self, inputs):
        around = (self.padding, self.padding)
        return keras.ops.pad(inputs, ((0, 0), around, around, (0, 0)), mode="reflect")

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        return (batch, height + 2 * self.padding, width + 2 * self.padding, channels)

    def get_config(self):
        return super().get_config() | {"padding": self.padding}
