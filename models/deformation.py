"""Local changes of a network input: tissue bent a little, and squares cut out.

Background stays zero and breast above zero; lesions stay where they are, within the strength.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

_BEND_PX = 32
"""Distance of the points between which the displacement is interpolated: wider than a lesion's
edge, so that a smooth margin does not come out spiculated."""


def bend(image: Image, strength_px: float, generator: np.random.Generator) -> Image:
    """Displace pixels smoothly, as compression does, by about `strength_px` at most.

    Args:
        image: [height, width].
        strength_px: Two standard deviations of the displacement; 0 changes nothing.
        generator: Of the chances taken.

    References:
        Simard et al., "Best Practices for Convolutional Neural Networks Applied to Visual
        Document Analysis", 2003: elastic distortions.
    """
    if strength_px == 0:
        return image
    height, width = image.shape
    coarse = (2, height // _BEND_PX + 2, width // _BEND_PX + 2)
    fields = generator.standard_normal(coarse, np.float32) * np.float32(strength_px / 2)
    down, right = (
        np.asarray(cv2.resize(field, (width, height), interpolation=cv2.INTER_CUBIC))
        for field in fields
    )
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    bent = cv2.remap(
        image, columns + right, rows + down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(bent, np.uint8)


def cut_out(image: Image, share: float, generator: np.random.Generator) -> Image:
    """Replace a square by the breast's mean in every second image.

    A lesion may lie below it: its neighbours and the other views still speak of it.

    Args:
        image: [height, width].
        share: Side of the square as share of the image's shorter side; 0 changes nothing.
        generator: Of the chances taken.

    References:
        DeVries and Taylor, "Improved Regularization of Convolutional Neural Networks with
        Cutout", 2017.
    """
    if share == 0 or generator.random() < 0.5 or not image.any():
        return image
    side = max(1, round(share * min(image.shape)))
    top, left = (int(generator.integers(0, length - side + 1)) for length in image.shape)
    changed = image.copy()
    square = changed[top : top + side, left : left + side]
    square[square > 0] = max(1, int(image[image > 0].mean()))
    return changed
