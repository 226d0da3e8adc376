import numpy as np
import pytest

from tasks.synthetic.anatomy import DENSE_FRACTIONS, Breast
from tasks.synthetic.lesion_shapes import lesion_patch
from tasks.synthetic.lesions import Lesion, draw_lesion
from tasks.synthetic.mammogram import View, render_view

SHAPE, SPACING_MM = (480, 400), 0.5


def lesion(finding: str = "mass", irregularity: float = 0.1, **changes: object) -> Lesion:
    values = {
        "finding": finding,
        "assessment": "benign",
        "irregularity": irregularity,
        "radius_mm": 7.0,
        "contrast": 0.25,
        "from_nipple": 0.5,
        "lateral": 0.2,
        "upper": 0.1,
        "views": ("CC", "MLO"),
        "seed": 3,
    }
    return Lesion(**{**values, **changes})


def render(view: str, *lesions: Lesion, density: str = "B", seed: int = 1) -> View:
    breast = Breast(90.0, 85.0, density, DENSE_FRACTIONS[density])
    rng = np.random.default_rng(seed)
    return render_view(rng, breast, view, lesions, SHAPE, SPACING_MM)


@pytest.mark.parametrize("view", ["CC", "MLO"])
@pytest.mark.parametrize("finding", ["mass", "calcification"])
@pytest.mark.parametrize("irregularity", [0.1, 0.6, 0.95])
def test_the_box_holds_what_the_lesion_adds(
    view: str, finding: str, irregularity: float
) -> None:
    with_lesion = render(view, lesion(finding, irregularity))
    added = with_lesion.display_values - render(view).display_values
    (seen,) = with_lesion.lesions
    box = added[seen.top_px : seen.top_px + seen.height_px][
        :, seen.left_px : seen.left_px + seen.width_px
    ]
    assert box.sum() > 0.75 * added.sum() > 0
    assert box.mean() > 20 * (added.sum() - box.sum()) / (added.size - box.size)


@pytest.mark.parametrize("view", ["CC", "MLO"])
@pytest.mark.parametrize("seed", range(6))
def test_a_lesion_lies_inside_the_breast(view: str, seed: int) -> None:
    drawn = draw_lesion(np.random.default_rng(seed), is_malignant=True)
    rendered = render(view, Lesion(**{**vars(drawn), "views": ("CC", "MLO")}), seed=seed)
    (seen,) = rendered.lesions
    box = rendered.display_values[seen.top_px : seen.top_px + seen.height_px][
        :, seen.left_px : seen.left_px + seen.width_px
    ]
    assert (box > 0).mean() > 0.98


def test_a_lesion_hidden_in_a_view_leaves_no_trace_there() -> None:
    hidden = render("CC", lesion(views=("MLO",)))
    assert hidden.lesions == ()
    np.testing.assert_array_equal(hidden.display_values, render("CC").display_values)


def test_denser_breasts_are_brighter() -> None:
    means = [render("CC", density=density).display_values.mean() for density in "ABCD"]
    assert means == sorted(means)


def test_the_muscle_is_bright_and_only_in_the_oblique_view() -> None:
    corners = {view: render(view).display_values[:40, :20].mean() for view in ("CC", "MLO")}
    assert corners["MLO"] > 0.4 > corners["CC"]


def test_air_is_zero_and_the_breast_touches_the_chest_wall() -> None:
    display_values = render("CC").display_values
    assert (display_values[:, -20:] == 0).all()
    assert (display_values[150:330, 0] > 0).all()


def test_the_power_spectrum_falls_about_as_the_cube_of_frequency() -> None:
    display_values = render("CC", density="C").display_values
    patch = display_values[176:304, 20:148] * np.outer(np.hanning(128), np.hanning(128))
    power = np.abs(np.fft.fftshift(np.fft.fft2(patch - patch.mean()))) ** 2
    rows, columns = np.indices(power.shape) - 64
    radius = np.hypot(rows, columns).astype(int)
    radial = np.bincount(radius.ravel(), power.ravel()) / np.bincount(radius.ravel())
    slope = np.polyfit(np.log(np.arange(5, 40)), np.log(radial[5:40]), 1)[0]
    assert -3.8 < slope < -2.0


def test_irregularity_decides_cancer() -> None:
    for seed in range(40):
        for is_malignant in (True, False):
            drawn = draw_lesion(np.random.default_rng(seed), is_malignant=is_malignant)
            assert drawn.is_malignant is is_malignant
            if drawn.assessment != "suspicious":
                assert (drawn.assessment == "malignant") is is_malignant


def test_spiculated_masses_reach_further_than_round_ones() -> None:
    spread = {}
    for irregularity in (0.1, 0.95):
        patch = lesion_patch(lesion(irregularity=irregularity), "CC", 0.2)
        rows, columns = np.indices(patch.shape) - patch.shape[0] // 2
        outside = np.hypot(rows, columns) * 0.2 > 9.5
        spread[irregularity] = patch[outside].sum() / patch.sum()
    assert spread[0.95] > 0.1
    assert spread[0.1] < 0.02


def test_coarse_pixels_keep_the_lesion_total() -> None:
    cluster = lesion("calcification", 0.9)
    totals = [lesion_patch(cluster, "CC", mm).sum() * mm**2 for mm in (0.1, 0.2, 0.4)]
    np.testing.assert_allclose(totals, totals[0], rtol=0.15)
