"""Originals as the viewer receives them, without a bucket: 12 bits of a drawn breast."""

from tasks.preprocess.geometry import Geometry
from tasks.preprocess.viewing import original_view
from tasks.synthetic.dicom import build_mammogram
from tests.support.mammograms import draw_breast


class DrawnOriginals:
    """The port of `reports_app.originals.Originals` over one drawn breast."""

    def __init__(self, rows=1600, columns=800):
        stored = draw_breast(rows, columns)
        geometry = Geometry(0, 0, rows, columns, is_flipped=False, scale=1.0)
        dataset = build_mammogram(stored, WindowCenter=1500, WindowWidth=2000)
        self._views = {
            is_turned: original_view(dataset, stored, geometry, is_turned=is_turned)
            for is_turned in (False, True)
        }

    def view(self, original, *, is_turned):
        return self._views[is_turned]
