"""Sliced Wasserstein distance of image patches: Karras et al. 2018, 1710.10196, section 5."""

import numpy as np
import tensorflow as tf

from ganzoo import tfgan


def sliced_wasserstein(real, fake, patches_per_image=64, directions=(4, 128), seed=0):
    """TF-GAN's sliced Wasserstein distance, at each level of a Laplacian pyramid down to 16 px.

    TF-GAN standardises each 7x7 patch by itself, where the paper standardises each channel over
    all patches; a flat patch would be divided by zero, so uint8 levels are blurred by uniform
    noise of one level first. Grey images stand for three equal channels.

    Args:
        real, fake: uint8 (num, side, side, 1 or 3), as many of each, side at least 16.
        patches_per_image: int.
        directions: (times, number at a time) of random projections.
        seed: int, of noise, patches and directions.

    Returns:
        Dict of level's size in pixels to (real to real, real to fake), times 1,000: floats >= 0.
        The first, of two draws of patches from the same images, is what no generator falls below.

    Raises:
        ValueError: for other dtypes, or shapes that differ.
    """
    for name, images in ("real", real), ("fake", fake):
        if images.dtype != np.uint8 or images.ndim != 4 or images.shape[1] < 16:
            raise ValueError(
                f"`{name}` must be uint8 of shape (num, side, side, channels), side at least 16. "
                f"Received: {images.dtype} {images.shape}"
            )
    if real.shape != fake.shape:
        raise ValueError(
            f"`real` and `fake` must have one shape. Received: {real.shape} and {fake.shape}"
        )
    rng = np.random.default_rng(seed)
    inputs = []
    for images in real, fake:
        images = images + rng.uniform(-0.5, 0.5, images.shape)
        inputs.append(tf.constant(np.broadcast_to(images, (*images.shape[:3], 3)), tf.float32))
    before = np.random.get_state()
    np.random.seed(seed % 2**32)  # TF-GAN chooses patches by NumPy's global generator
    try:
        with tf.device("CPU"):
            tf.random.set_seed(seed)
            levels = tfgan.module("eval.sliced_wasserstein").sliced_wasserstein_distance(
                *inputs,
                patches_per_image=patches_per_image,
                random_sampling_count=directions[0],
                random_projection_dim=directions[1],
            )
    finally:
        np.random.set_state(before)
    sizes = (real.shape[1] // 2**level for level in range(len(levels)))
    return {
        size: tuple(1000 * float(d) for d in pair) for size, pair in zip(sizes, levels, strict=True)
    }
