"""Images of one thing in several domains, for measuring translations."""

import collections

import numpy as np

from ganzoo.data.images import DataError, fit_to, tfds_examples


def load_paired(source, image_shape, split, data_dir=None):
    """Reads images with their counterparts.

    Args:
        source: name of a TensorFlow Datasets set with the features "label", the domain, and
            "code_point", which counterparts share, such as "emoji_styles/64".
        image_shape, data_dir: as in `load_images`.
        split: TFDS split that holds all domains, such as "test_noto+test_twemoji".

    Returns:
        Dict of domain's name to uint8 array (num, *image_shape), in the order of the first one's
        appearance; row i is of one thing in all of them.

    Raises:
        DataError: if the data set is not paired, or a counterpart is missing.
    """
    dataset, features = tfds_examples(str(source), split, data_dir)
    if not {"label", "code_point"} <= set(features):
        raise DataError(
            "`source` must be a data set with counterparts, told by the features 'label' and "
            f"'code_point'. Received: {str(source)!r} with features {sorted(features)}"
        )
    domains = collections.defaultdict(dict)
    for example in dataset:
        name = features["label"].int2str(int(example["label"]))
        image = fit_to(example["image"], image_shape).numpy()
        domains[name][bytes(example["code_point"].numpy())] = image
    things = next(iter(domains.values())).keys()
    for name, images in domains.items():
        if images.keys() != things:
            raise DataError(
                f"`split` must hold every thing in every domain. Received: {split!r}, where "
                f"{name!r} differs in {len(images.keys() ^ things)}"
            )
    return {name: np.stack([images[t] for t in things]) for name, images in domains.items()}
