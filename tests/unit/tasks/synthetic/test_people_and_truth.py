from datetime import date
from pathlib import Path

import numpy as np
from pydicom import dcmread

from tasks.synthetic.campaign import generate_exam
from tasks.synthetic.people import draw_woman
from tasks.synthetic.plan import CampaignPlan
from tasks.synthetic.truth import read_truth, write_truth


def test_national_ids_have_their_check_digit() -> None:
    for seed in range(50):
        woman = draw_woman(np.random.default_rng(seed), date(2026, 11, 2))
        number, check = woman.patient_id.split("-")
        weights = (2, 3, 4, 5, 6, 7, 2, 3)
        total = sum(
            int(digit) * weight for digit, weight in zip(number[::-1], weights, strict=False)
        )
        assert "0K987654321"[total % 11] == check


def test_age_and_birth_date_agree() -> None:
    exam_date = date(2026, 11, 2)
    for seed in range(50):
        woman = draw_woman(np.random.default_rng(seed), exam_date)
        years = (exam_date - woman.patient_birth_date).days / 365.25
        assert int(years) == woman.age_years


def test_headers_carry_accents_for_the_pipeline_to_remove(tmp_path: Path) -> None:
    plan = CampaignPlan(n_exams=1, size_scale=0.03, trouble=False)
    path = tmp_path / "a.dcm"
    path.write_bytes(generate_exam(plan, 0)[0].data)
    dataset = dcmread(path)
    assert dataset.SpecificCharacterSet == "ISO_IR 192"
    assert not str(dataset.PatientName).isascii() or not dataset.PatientAddress.isascii()


def test_exams_are_dated_in_order_on_working_days() -> None:
    plan = CampaignPlan(n_exams=40, n_days=12)
    dates = [plan.exam_date(index) for index in range(40)]
    assert dates == sorted(dates)
    assert len(set(dates)) == 12
    assert all(day.weekday() < 6 for day in dates)


def test_truth_survives_its_file(tmp_path: Path) -> None:
    plan = CampaignPlan(n_exams=2, seed=3, size_scale=0.03, cancer_fraction=1, trouble=False)
    truths = [made.truth for index in range(2) for made in generate_exam(plan, index)]
    path = tmp_path / "truth.jsonl"
    assert write_truth(path, [truth for truth in truths if truth]) == 8
    assert read_truth(path) == truths
    assert any(truth.worst_lesion for truth in read_truth(path))
