"""Keyed pseudonyms: the only form in which identities pass the door.

Whoever lacks the key can neither invert a pseudonym nor test a guessed identity; it refuses a
key that could be guessed itself.
"""

import hashlib
import hmac
from dataclasses import dataclass, field

from tasks.errors import ContractViolation, Misconfigured

MIN_KEY_BYTES = 32
PSEUDONYM_BYTES = 16


@dataclass(frozen=True)
class Pseudonymiser:
    """Turns identities into pseudonyms of 32 hexadecimal digits, the same ones every night.

    Args:
        key: The programme's secret; at least 32 bytes, never shown.

    Raises:
        Misconfigured: If the key is too short.
    """

    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.key) < MIN_KEY_BYTES:
            raise Misconfigured(
                f"The pseudonym key has {len(self.key)} bytes, not {MIN_KEY_BYTES}: "
                "set SMART_MAMMO_PSEUDONYM_KEY to a longer random text."
            )

    def patient_key(self, patient_id: str, issuer: str) -> str:
        """Stand for a patient: Patient ID (0010,0020) is unique only with its issuer."""
        return self._pseudonym("patient", issuer, patient_id)

    def lone_patient_key(self, study_instance_uid: str) -> str:
        """Stand for a patient without Patient ID: a person of this exam alone."""
        return self._pseudonym("patient of exam", study_instance_uid)

    def exam_key(self, study_instance_uid: str) -> str:
        """Stand for a study."""
        return self._pseudonym("exam", study_instance_uid)

    def series_key(self, series_instance_uid: str) -> str:
        """Stand for a series."""
        return self._pseudonym("series", series_instance_uid)

    def sop_instance_key(self, sop_instance_uid: str) -> str:
        """Stand for an image."""
        return self._pseudonym("instance", sop_instance_uid)

    def tombstone(self, exam_key: str) -> str:
        """Stand for an erased exam: who lacks the secret cannot link it with the exam's key."""
        return self._pseudonym("erased exam", exam_key)

    def _pseudonym(self, domain: str, *identity: str) -> str:
        """HMAC-SHA256 cut to 128 bits; lengths keep ("a", "bc") apart from ("ab", "c")."""
        parts = [part.encode("utf-8", "surrogatepass") for part in (domain, *identity)]
        message = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
        return hmac.digest(self.key, message, hashlib.sha256)[:PSEUDONYM_BYTES].hex()


class NoPseudonyms(Pseudonymiser):
    """In the place of the secret where none is needed: it can be sent to other machines."""

    def __init__(self) -> None:
        super().__init__(bytes(MIN_KEY_BYTES))

    def __reduce__(self) -> tuple[type["NoPseudonyms"], tuple[()]]:
        return NoPseudonyms, ()

    def _pseudonym(self, domain: str, *_: str) -> str:
        raise ContractViolation(
            f"A pseudonym of a {domain} was asked for where the secret is not: read headers in "
            "the night's own process."
        )
