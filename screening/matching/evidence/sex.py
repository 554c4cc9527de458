"""Evidence of sex: agreement says little, disagreement much, though documents and lists err.

Rule: sets of what each side says; unknown and X are no disagreement.

>>> from screening.matching.model import load_model
>>> compare("M", "M", load_model())[1], compare("M", "F", load_model())[1], compare(None, "F", load_model())
('same', 'other', (0, 'not given'))
"""

from collections.abc import Collection

from screening.matching.model import Model


def compare(traveller: str | None, listed: Collection[str], model: Model) -> tuple[int, str]:
    """Return weight and relation of a traveller's sex and the sexes that an alert names."""
    if traveller not in {"M", "F"} or not set(listed) & {"M", "F"}:
        return 0, "not given"
    if traveller in listed:
        return model.sex["same"], "same"
    return model.sex["conflict"], "other"
