"""Mammograms with canaries: a woman's name and number wherever a file has room for text."""

from dataclasses import dataclass
from io import BytesIO

import cv2
import numpy as np
from pydicom import Dataset
from pydicom._dicom_dict import DicomDictionary
from pydicom.config import disable_value_validation
from pydicom.uid import ExplicitVRLittleEndian

from tasks.privacy.profile import TREATMENTS
from tasks.synthetic.dicom import build_mammogram, make_uid
from tasks.synthetic.trouble import GeneratedObject
from tests.support.mammograms import draw_breast

TEXT_VRS = {"AE", "LO", "LT", "PN", "SH", "ST", "UC", "UT"}
SIZE = (640, 480)
VIEWS = (("L", "CC"), ("R", "MLO"))


@dataclass(frozen=True)
class CanaryWoman:
    """A woman who is nobody else."""

    number: int

    @property
    def patient_id(self) -> str:
        return f"{7_000_000 + self.number}-K"

    @property
    def names(self) -> tuple[str, str]:
        return (f"Ñañúñez{self.number:04d}", f"Águeda{self.number:04d}")

    @property
    def study_instance_uid(self) -> str:
        return make_uid("canary", self.number)

    @property
    def canaries(self) -> set[str]:
        """What must be found nowhere."""
        return {
            self.patient_id,
            *self.names,
            self.study_instance_uid,
            f"canary{self.number:04d}",
        }

    def objects(self) -> list[GeneratedObject]:
        """Her images, and one more with her name in the pixels."""
        stamped = (*VIEWS[0], True)
        return [
            GeneratedObject(f"unit-9/{self.number:04d}/{index}.dcm", self._file(index, *view))
            for index, view in enumerate([*((*view, False) for view in VIEWS), stamped])
        ]

    def _file(self, index: int, laterality: str, view: str, has_text: bool) -> bytes:
        pixels = draw_breast(*SIZE, seed=10 * self.number + index)
        if has_text:
            cv2.putText(
                ink := np.zeros(SIZE, np.uint8),
                f"{self.names[1]} {self.patient_id}"[1:],
                (150, 40), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 2,
            )  # fmt: skip
            pixels[ink > 0] = 4000
        with disable_value_validation():
            dataset = build_mammogram(
                pixels,
                transfer_syntax_uid=ExplicitVRLittleEndian,
                image_laterality=laterality,
                view_position=view,
                **self._attributes(),
            )
            return self._written(dataset)

    def _attributes(self) -> dict[str, object]:
        name = "^".join(self.names)
        return {
            "PatientName": name,
            "PatientID": self.patient_id,
            "StudyInstanceUID": self.study_instance_uid,
            "StationName": f"{self.names[0]} {self.names[1]}",
            "InstitutionName": self.patient_id,
            "SoftwareVersions": f"1.0 {self.patient_id}",
            "SeriesDescription": name,
        }

    def _written(self, dataset: Dataset) -> bytes:
        """Fill every text attribute there is, private ones, an overlay, the preamble."""
        canary = f"canary{self.number:04d} {self.patient_id}"
        for tag, (vr, vm, _, is_retired, keyword) in DicomDictionary.items():
            is_free = vr in TEXT_VRS and not is_retired and keyword and tag >> 16 > 8
            if is_free and keyword not in TREATMENTS and tag not in dataset and vm[0] == "1":
                dataset.add_new(tag, vr, canary[:16] if vr in {"AE", "SH"} else canary)
        dataset.AccessionNumber = canary[:16]
        item = Dataset()
        item.PatientName = dataset.PatientName
        dataset.RequestAttributesSequence = [item]
        block = dataset.private_block(0x0029, "CANARY", create=True)
        block.add_new(1, "LO", canary)
        block.add_new(2, "OB", canary.encode())
        dataset.add_new(0x60003000, "OW", (canary.encode() * 8)[: 8 * (len(canary) // 2 * 2)])
        dataset.preamble = canary.encode().ljust(128, b"\0")[:128]
        buffer = BytesIO()
        dataset.save_as(buffer, enforce_file_format=True)
        return buffer.getvalue()
