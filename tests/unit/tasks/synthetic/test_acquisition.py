import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.pixels import apply_voi_lut

from tasks.synthetic.acquisition import Acquisition, acquire
from tasks.synthetic.equipment import FLEET, Equipment, Unit
from tasks.synthetic.exams import GeneratedImage, generate_image, plan_exam
from tasks.synthetic.plan import CampaignPlan

EQUIPMENTS = [unit.equipment for unit in FLEET]
by_model = pytest.mark.parametrize(
    "equipment", EQUIPMENTS, ids=lambda equipment: equipment.manufacturer_model_name
)
by_unit = pytest.mark.parametrize("unit", FLEET, ids=lambda unit: unit.station_name)


def image_of(unit: Unit, laterality: str = "R", view: str = "MLO") -> GeneratedImage:
    plan = CampaignPlan(n_exams=1, seed=2, size_scale=0.05, fleet=(unit,))
    return generate_image(plan, plan_exam(plan, 0), laterality, view)


def half_breast(shape: tuple[int, int] = (400, 300)) -> np.ndarray:
    display_values = np.zeros(shape, np.float32)
    display_values[100:300, :150] = 0.5
    return display_values


@by_model
@pytest.mark.parametrize("laterality", ["R", "L"])
def test_the_chest_wall_is_on_the_side_of_the_laterality(
    equipment: Equipment, laterality: str
) -> None:
    acquisition = Acquisition(equipment, 0.5, laterality, f"{laterality} CC")
    stored_values = acquire(np.random.default_rng(0), half_breast(), acquisition)
    breast, air = stored_values[150:250, :100], stored_values[150:250, -100:]
    if laterality == "R":
        breast, air = air, breast
    is_bright = bool(breast.mean() > air.mean())
    assert is_bright is (equipment.photometric_interpretation == "MONOCHROME2")
    assert np.ptp(air) == 0
    assert stored_values.max() < 1 << equipment.bits_stored


@by_model
def test_markers_lie_in_the_air_and_nowhere_else(equipment: Equipment) -> None:
    marked = Acquisition(equipment, 0.5, "L", "L CC")
    stored_values = acquire(np.random.default_rng(0), half_breast(), marked)
    corner = stored_values[:80, 150:]
    assert 0 < (corner != corner[-1, 0]).mean() < 0.2


@by_unit
def test_air_is_dark_and_tissue_spread_out_through_the_window(unit: Unit) -> None:
    dataset = dcmread(BytesIO(image_of(unit).encode()))
    voi_values = apply_voi_lut(dataset.pixel_array, dataset).astype(float)
    shown = (voi_values - voi_values.min()) / np.ptp(voi_values)
    if dataset.PhotometricInterpretation == "MONOCHROME1":
        shown = 1 - shown
    air, tissue = (
        shown[-1, 0],
        shown[image_of(unit).stored_values != dataset.pixel_array[-1, 0]],
    )
    assert air < 0.02
    assert 0.15 < np.median(tissue) < 0.65
    assert np.ptp(np.percentile(tissue, (10, 90))) > 0.15


@by_unit
def test_every_syntax_of_the_unit_gives_the_stored_values_back(unit: Unit) -> None:
    image = image_of(unit)
    for transfer_syntax_uid, _ in unit.equipment.transfer_syntaxes:
        data = image.encode(transfer_syntax_uid=transfer_syntax_uid)
        np.testing.assert_array_equal(dcmread(BytesIO(data)).pixel_array, image.stored_values)


@by_unit
@pytest.mark.parametrize("view", ["CC", "MLO"])
@pytest.mark.skipif(not shutil.which("dciodvfy"), reason="dicom3tools is not installed")
def test_the_objects_are_valid(unit: Unit, view: str, tmp_path: Path) -> None:
    path = tmp_path / "a.dcm"
    path.write_bytes(image_of(unit, view=view).encode())
    checked = subprocess.run(
        ["dciodvfy", "-new", str(path)], capture_output=True, text=True, check=False
    )
    assert "Error" not in checked.stderr


def test_the_same_anatomy_is_seen_at_every_scale() -> None:
    boxes = []
    for size_scale in (0.1, 0.2):
        plan = CampaignPlan(1, seed=12, size_scale=size_scale, cancer_fraction=1, trouble=False)
        exam = plan_exam(plan, 0)
        sick = next(
            side for side in "RL" if any(each.is_malignant for each in exam.lesions[side])
        )
        image = generate_image(plan, exam, sick, "CC")
        (box,) = image.truth.lesions
        boxes.append(np.array([box.top_px, box.left_px, box.height_px]) / size_scale)
    np.testing.assert_allclose(boxes[0], boxes[1], rtol=0.06, atol=40)
