"""Every present object stands in exactly one state, or the night stops."""

import pytest

from tasks.errors import ContractViolation
from tasks.publish.accounting import count_objects
from tests.support.rows import objects


def test_states_and_reasons_add_up_to_the_total():
    rows = objects(
        {"object_key": "a", "state": "scored"},
        {"object_key": "b", "state": "rejected", "reason": "not_dicom"},
        {"object_key": "c", "state": "unscorable", "reason": "truncated"},
        {"object_key": "d"},
    )
    accounting = count_objects(rows)
    assert accounting.counts == {
        "total": 4,
        "scored": 1,
        "unscorable": 1,
        "rejected": 1,
        "pending": 1,
    }
    assert accounting.reasons == {"not_dicom": 1, "truncated": 1}


def test_an_object_that_is_gone_is_not_counted():
    rows = objects(
        {"object_key": "a", "etag": "1", "is_gone": True}, {"object_key": "a", "etag": "2"}
    )
    assert count_objects(rows).total == 1


@pytest.mark.parametrize(
    "rows",
    [
        [{"object_key": "a", "etag": "1"}, {"object_key": "a", "etag": "2"}],
        [{"object_key": "a", "state": "lost"}],
        [{"object_key": "a", "state": "rejected", "reason": None}],
        [{"object_key": "a", "state": "scored", "reason": "truncated"}],
    ],
)
def test_sums_that_do_not_agree_stop_the_night(rows):
    with pytest.raises(ContractViolation):
        count_objects(objects(*rows))
