"""Invented women: names, national identity numbers, birth dates, ages.

They look real on purpose, accents and all, because the pipeline must prove that nothing of them
gets through; they are drawn from lists of common names and belong to nobody.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

_GIVEN_NAMES = (
    "María José", "Begoña", "Ximena", "Inés", "Verónica", "Carmen Gloria", "Paulina", "Mónica",
    "Rosa Elena", "Macarena", "Sofía", "Marcela", "Angélica", "Lucía", "Teresa", "Soledad",
)  # fmt: skip
_FAMILY_NAMES = (
    "Muñoz", "González", "Núñez", "Sepúlveda", "Peña", "Araya", "Ibáñez", "Cárdenas", "Vásquez",
    "Huenchumán", "Zúñiga", "Bórquez", "Toledo", "Yáñez", "Ordóñez", "Catrileo", "Riquelme",
)  # fmt: skip
_STREETS = ("Los Aromos", "Av. Ñuble", "Pasaje Chiloé", "O'Higgins", "Arturo Prat")


@dataclass(frozen=True)
class Woman:
    """Who is examined, in DICOM's own forms.

    Args:
        patient_name: Family and given names (0010,0010).
        patient_id: National identity number with its check digit (0010,0020).
        patient_birth_date: (0010,0030).
        age_years: At the exam.
        patient_address: (0010,1040).
        telephone: (0010,2154).
    """

    patient_name: str
    patient_id: str
    patient_birth_date: date
    age_years: int
    patient_address: str
    telephone: str


def draw_woman(rng: np.random.Generator, exam_date: date) -> Woman:
    """Draw a woman of 45 to 74 years; most are between 50 and 65."""
    age_years = int(45 + 30 * rng.beta(2.0, 2.4))
    birth_date = exam_date - timedelta(days=int(365.25 * age_years + rng.integers(1, 360)))
    family = "-".join(rng.choice(_FAMILY_NAMES, 2, replace=False)).replace("-", " ")
    return Woman(
        f"{family}^{rng.choice(_GIVEN_NAMES)}",
        _national_id(int(rng.integers(5_000_000, 13_000_000))),
        birth_date,
        age_years,
        f"{rng.choice(_STREETS)} {rng.integers(10, 3000)}",
        f"+56 9 {rng.integers(1000, 9999)} {rng.integers(1000, 9999)}",
    )


def _national_id(number: int) -> str:
    """A Chilean RUN: weights 2 to 7 from the right, check digit modulo 11."""
    digits = [int(digit) for digit in reversed(str(number))]
    total = sum(digit * (2 + place % 6) for place, digit in enumerate(digits))
    return f"{number}-{'0K987654321'[total % 11]}"
