"""Exams that two versions scored, as `tasks.redeploy.paired_exams` hands them on."""

import numpy as np
import polars as pl


def paired_exams(n: int = 200, *, worse: bool = False, seed: int = 1) -> pl.DataFrame:
    """Exams of which a fifth hold a cancer; the candidate is equal, or upside down."""
    generator = np.random.default_rng(seed)
    is_malignant = np.arange(n) % 5 == 0
    serving = np.clip(generator.normal(0.3 + 0.4 * is_malignant, 0.1), 0, 1)
    candidate = 1 - serving if worse else serving
    columns = {
        f"{name}_{side}": score
        for side, score in (("candidate", candidate), ("serving", serving))
        for name in ("exam_score", "calibrated_score")
    }
    bands = {
        f"band_{side}": np.clip(columns[f"exam_score_{side}"] * 10, 0, 9).astype(int) + 1
        for side in ("candidate", "serving")
    }
    return pl.DataFrame(
        {
            "exam_key": [f"exam-{index:03}" for index in range(n)],
            "patient_key": [f"woman-{index:03}" for index in range(n)],
            "manufacturer": ["A" if index % 2 else "B" for index in range(n)],
            "patient_age_years": [50 + index % 20 for index in range(n)],
            "is_malignant": is_malignant,
            **columns,
            **bands,
        }
    )


POINTS = {
    "candidate": {"sensitivity_90": 0.5},
    "serving": {"sensitivity_90": 0.5, "other": 0.1},
}
