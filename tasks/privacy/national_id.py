"""Chile's national number (RUN, also written RUT): its check digit and its usual spellings.

One woman's number is typed with dots at one unit and without at the next, and every spelling
has a pseudonym of its own; it judges no other kind of Patient ID.
"""

import re

_WRITTEN = re.compile(r"0*(\d{1,2}\.?\d{3}\.?\d{3})-?([\dkK])")


def check_digit(number: int) -> str:
    """The digit modulo 11 with weights 2 to 7 from the right.

    Example:
        >>> check_digit(12_345_678)
        '5'
    """
    digits = [int(digit) for digit in reversed(str(number))]
    total = sum(digit * (2 + place % 6) for place, digit in enumerate(digits))
    return "0K987654321"[total % 11]


def spellings(patient_id: str) -> tuple[str, ...]:
    """Every usual way to write the same number; another kind of ID as it is.

    Example:
        >>> spellings("12.345.678-5")
        ('12.345.678-5', '12345678-5', '123456785', '12.345.6785', '012345678-5', '0123456785')
    """
    found = _WRITTEN.fullmatch(patient_id.strip())
    if not found:
        return (patient_id.strip(),)
    number, digit = int(found[1].replace(".", "")), found[2].upper()
    if check_digit(number) != digit:
        return (patient_id.strip(),)
    numbers = (str(number), f"{number:,}".replace(",", "."), f"{number:09}")
    digits = dict.fromkeys((digit, digit.lower()))
    forms = [f"{text}{dash}{last}" for text in numbers for dash in ("-", "") for last in digits]
    return tuple(dict.fromkeys([patient_id.strip(), *forms]))
