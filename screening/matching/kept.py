"""An index as a plain description and arrays, so that it can be kept in a file and mapped again.

Rule: what is put together is what was taken apart, so that a kept index gives the bytes of one that was just
built. Arrays stay apart from the description; one that stands in several places is named several times.
Only the classes that stand here are ever made: a description says what an index holds, never what is to be
run. The model does not go along: whoever opens an index has it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from screening.matching.edits import Edited
from screening.matching.index import Documents, Index
from screening.matching.joins import Beside, Keyed
from screening.matching.loops import Days, Listed, Posting, Sections, Side
from screening.matching.model import Model
from screening.matching.names import Names
from screening.matching.rarity import Counted, Rarity
from screening.matching.tokens import Vocabulary
from screening.matching.wholes import Found, Wholes

Array = npt.NDArray[Any]
_COLUMNS: tuple[type[Any], ...] = (
    Beside, Counted, Days, Documents, Found, Index, Listed, Names, Posting, Rarity, Sections, Side, Wholes,
)  # fmt: skip
"""Classes whose fields are all that they are."""
_WORKED_OUT: tuple[type[Any], ...] = (Edited, Keyed, Vocabulary)
"""Classes that work out more than they are given: `KEPT` names all of it."""
_CLASSES = {each.__name__: each for each in (*_COLUMNS, *_WORKED_OUT)}


def taken_apart(index: Index) -> tuple[object, list[Array]]:
    """Return a description of an index that JSON can hold, and the arrays that it names by their places."""
    nothing = cast(Any, None)  # stands twice, or is not kept: `put_together` puts it back
    bare = replace(
        index,
        model=nothing,
        rarity=replace(index.rarity, model=nothing),
        wholes=replace(index.wholes, names=nothing, text=nothing),
    )
    arrays: list[Array] = []
    return _described(bare, arrays, {}), arrays


def put_together(description: object, arrays: Sequence[Array], model: Model) -> Index:
    """Return the index that was taken apart.

    Args:
        description: what `taken_apart` gave.
        arrays: the arrays in the same order.
        model: weights and shares that the index was made with.
    """
    bare: Index = _made(description, arrays)
    return replace(
        bare,
        model=model,
        rarity=replace(bare.rarity, model=model),
        wholes=replace(bare.wholes, names=bare.names, text=bare.name_text),
    )


def _described(value: Any, arrays: list[Array], known: dict[int, int]) -> object:  # noqa: ANN401
    """Return what JSON can hold; all but plain values stand in an object of one entry."""
    name = type(value).__name__
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.ndarray):
        if id(value) not in known:
            known[id(value)] = len(arrays)
            arrays.append(value)
        return {"array": known[id(value)]}
    if isinstance(value, dict):
        return {"mapping": {key: _described(each, arrays, known) for key, each in value.items()}}
    if name in _CLASSES:
        return {name: {of: _described(getattr(value, of), arrays, known) for of in _fields(type(value))}}
    texts = isinstance(value, pa.StringArray)
    if texts or (value and all(isinstance(each, str) for each in value)):
        return {"texts" if texts else "words": _texts(value, arrays)}
    return {"tuple": [_described(each, arrays, known) for each in value]}


def _fields(of: type[Any]) -> Sequence[str]:
    if of in _WORKED_OUT:
        return cast(Sequence[str], of.KEPT)
    return cast(Sequence[str], getattr(of, "_fields", None) or of.__dataclass_fields__)


def _texts(value: pa.StringArray | Sequence[str], arrays: list[Array]) -> list[int]:
    # Joined with nothing, an array begins at its buffers' beginning.
    whole = pa.concat_arrays([pa.array(value, pa.string()), pa.array([], pa.string())])
    _, ends, letters = whole.buffers()
    arrays += [
        np.frombuffer(ends, np.int32)[: len(whole) + 1] if ends else np.zeros(1, np.int32),
        np.frombuffer(letters, np.uint8) if letters else np.zeros(0, np.uint8),
    ]
    return [len(arrays) - 2, len(arrays) - 1]


def _made(description: Any, arrays: Sequence[Array]) -> Any:  # noqa: ANN401 - of any of `_CLASSES`
    if not isinstance(description, Mapping):
        return description
    ((what, held),) = description.items()
    if what == "array":
        return arrays[held]
    if what in {"texts", "words"}:
        ends, letters = (arrays[at] for at in held)
        texts = pa.StringArray.from_buffers(len(ends) - 1, pa.py_buffer(ends), pa.py_buffer(letters))
        return texts if what == "texts" else tuple(texts.to_pylist())
    if what == "tuple":
        return tuple(_made(each, arrays) for each in held)
    values = {name: _made(each, arrays) for name, each in held.items()}
    return values if what == "mapping" else _with(_CLASSES[what], values)


def _with(of: type[Any], values: dict[str, Any]) -> Any:  # noqa: ANN401
    if of not in _WORKED_OUT:
        return of(**values)
    made = object.__new__(of)
    made.__dict__.update(values)
    return made
