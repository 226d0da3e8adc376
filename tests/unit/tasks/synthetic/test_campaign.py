from collections import Counter
from io import BytesIO

import numpy as np
import pytest
from pydicom import dcmread

from tasks.errors import UNSCORABLE_REASONS, RejectionReason
from tasks.synthetic.campaign import generate_campaign, generate_exam
from tasks.synthetic.exams import plan_exam
from tasks.synthetic.plan import CampaignPlan
from tasks.synthetic.trouble import TROUBLE_PERIOD, GeneratedObject, Trouble, trouble_of

PLAN = CampaignPlan(n_exams=TROUBLE_PERIOD, seed=4, size_scale=0.03)


@pytest.fixture(scope="module")
def objects() -> list[GeneratedObject]:
    return list(generate_campaign(PLAN))


def made_by(objects: list[GeneratedObject], trouble: Trouble) -> list[GeneratedObject]:
    return [generated for generated in objects if generated.trouble is trouble]


def test_an_exam_does_not_depend_on_what_was_generated_before(
    objects: list[GeneratedObject],
) -> None:
    alone = generate_exam(PLAN, 17)
    assert alone == [generated for generated in objects if generated in alone]


def test_processes_generate_the_same_objects_in_the_same_order() -> None:
    plan = CampaignPlan(n_exams=3, seed=4, size_scale=0.03)
    assert list(generate_campaign(plan, n_workers=2)) == list(generate_campaign(plan))


def test_another_seed_gives_another_campaign() -> None:
    other = CampaignPlan(n_exams=TROUBLE_PERIOD, seed=5, size_scale=0.03)
    assert generate_exam(other, 0)[0].data != generate_exam(PLAN, 0)[0].data


def test_each_kind_of_trouble_hits_one_exam_of_a_period() -> None:
    hits = Counter(trouble_of(PLAN, index) for index in range(TROUBLE_PERIOD))
    assert all(hits[trouble] == 1 for trouble in Trouble)


def test_a_plan_without_trouble_gives_four_good_images_an_exam() -> None:
    plan = CampaignPlan(n_exams=2, trouble=False, size_scale=0.03)
    objects = list(generate_campaign(plan))
    assert [generated.expected_state for generated in objects] == ["scored"] * 8


@pytest.mark.parametrize(
    ("trouble", "n_objects", "reason"),
    [
        (Trouble.TRUNCATED, 1, RejectionReason.TRUNCATED),
        (Trouble.NOT_DICOM, 1, RejectionReason.NOT_DICOM),
        (Trouble.PDF_REPORT, 1, RejectionReason.NOT_DICOM),
        (Trouble.EMPTY_OBJECT, 1, RejectionReason.EMPTY_OBJECT),
        (Trouble.ULTRASOUND, 1, RejectionReason.WRONG_MODALITY),
        (Trouble.COMPUTED_TOMOGRAPHY, 1, RejectionReason.WRONG_MODALITY),
        (Trouble.FOR_PROCESSING, 1, RejectionReason.FOR_PROCESSING),
        (Trouble.MAGNIFICATION, 1, RejectionReason.VIEW_NOT_SCREENING),
        (Trouble.THREE_VIEWS, 3, None),
        (Trouble.MONOCHROME1, 4, None),
        (Trouble.DUPLICATE, 1, RejectionReason.DUPLICATE_INSTANCE),
        (Trouble.LATERALITY_MISSING, 1, RejectionReason.LATERALITY_MISSING),
        (Trouble.EXAM_DAMAGED, 4, RejectionReason.TRUNCATED),
    ],
)
def test_trouble_says_what_the_night_must_make_of_it(
    objects: list[GeneratedObject],
    trouble: Trouble,
    n_objects: int,
    reason: RejectionReason | None,
) -> None:
    made = made_by(objects, trouble)
    assert [generated.expected_reason for generated in made] == [reason] * n_objects


def test_the_state_follows_from_the_reason(objects: list[GeneratedObject]) -> None:
    for generated in objects:
        if generated.expected_reason is None:
            assert generated.expected_state == "scored"
        else:
            is_unscorable = generated.expected_reason in UNSCORABLE_REASONS
            assert generated.expected_state == ("unscorable" if is_unscorable else "rejected")


def test_a_duplicate_is_listed_after_its_original(objects: list[GeneratedObject]) -> None:
    (copy,) = made_by(objects, Trouble.DUPLICATE)
    (original,) = [
        generated
        for generated in objects
        if generated.data == copy.data and generated is not copy
    ]
    assert original.object_key < copy.object_key


def test_missing_laterality_is_missing_everywhere(objects: list[GeneratedObject]) -> None:
    (generated,) = made_by(objects, Trouble.LATERALITY_MISSING)
    dataset = dcmread(BytesIO(generated.data))
    assert "ImageLaterality" not in dataset
    assert "Laterality" not in dataset


def test_keys_are_unique_and_say_nothing_personal(objects: list[GeneratedObject]) -> None:
    keys = [generated.object_key for generated in objects]
    assert len(set(keys)) == len(keys)
    for generated in objects:
        if generated.truth:
            assert generated.truth.patient_id not in generated.object_key
            assert generated.truth.study_instance_uid not in generated.object_key


def test_truth_names_the_uids_of_its_object(objects: list[GeneratedObject]) -> None:
    for generated in objects:
        if generated.truth and generated.expected_state == "scored":
            dataset = dcmread(BytesIO(generated.data), stop_before_pixels=True)
            assert dataset.SOPInstanceUID == generated.truth.sop_instance_uid
            assert dataset.StudyInstanceUID == generated.truth.study_instance_uid
            assert dataset.PatientID == generated.truth.patient_id
            assert dataset.ImageLaterality == generated.truth.image_laterality


def test_inverted_images_look_the_same_through_their_window(
    objects: list[GeneratedObject],
) -> None:
    for generated in made_by(objects, Trouble.MONOCHROME1):
        dataset = dcmread(BytesIO(generated.data))
        assert dataset.PhotometricInterpretation == "MONOCHROME1"
        corner = dataset.pixel_array[-1, 0 if dataset.ImageLaterality == "R" else -1]
        assert corner == dataset.pixel_array.max()


def test_an_exam_beyond_the_plan_is_refused() -> None:
    with pytest.raises(IndexError, match="not 36"):
        generate_exam(PLAN, TROUBLE_PERIOD)


def test_cancer_density_and_age_follow_the_plan() -> None:
    exams = [plan_exam(CampaignPlan(600, seed=1, cancer_fraction=0.3), i) for i in range(600)]
    sick = [
        any(lesion.is_malignant for lesions in exam.lesions.values() for lesion in lesions)
        for exam in exams
    ]
    ages = [int(exam.attributes["PatientAge"][:3]) for exam in exams]
    densities = Counter(exam.breasts["R"].density for exam in exams)
    assert 0.24 < np.mean(sick) < 0.36
    assert 45 <= min(ages) <= max(ages) <= 74
    assert densities["B"] + densities["C"] > 5 * densities["A"] / 2 > 0
