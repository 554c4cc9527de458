"""The matcher's compiled loops: from a reading of a traveller to every listed name that can reach its floor.

For one reading: every listed token that agrees with one of its tokens is marked with what that weighs
(`_mark`). Names that hold a marked token stand in posting lists, by section: names of one section are alike
in list and date, so that one number says what their tokens must weigh for any of them to reach its floor.
Lists are opened rarest first, and only the sections that what is still to come can bring there (`_touch`;
MaxScore: Turtle and Flood 1995, Information Processing & Management 31). The marks of a name found so are
summed; if the sum, with the most that date, nationality and sex can add, reaches the floor, it is aligned
exactly (`align`). All of these are upper bounds, so nothing is lost: `every` aligns all names and gives the
same pairs.

Weights are whole centibits. A cell holds `weight << 4 | 15 - kind`, so that the greatest cell is the heaviest
agreement and, among equals, the strongest kind. All loops stand in this one module (see `compiled`).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from screening.matching.compiled import compiled

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]
Small = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]

NONE = -(1 << 28)
"""A cell without agreement."""
NO_DATE = -10_000_000
KIND_BITS, KIND_MASK = 4, 15
MOST = 8
"""Tokens of a name that are aligned."""
INITIAL = 8
"""Number of the kind in `model.KINDS`."""
_COVER = 20  # bits of a sum that hold the weight; above them, how many tokens are covered
_YEARS = 400
FIRST_YEAR = 1700
NO_DAY, SOME_DAYS = 5, 6
"""Kinds of a section's date beside the precisions: none, and several or one of no known year."""
GENERATION_YEARS = 15
"""Years between two full dates from which they are a father's and a son's rather than one that errs."""
LAST_YEAR = FIRST_YEAR + _YEARS - 1


class Side(NamedTuple):
    """Names of one side [name, place] (`names.Names`) and the letter of its one-letter tokens (else 0)."""

    single: Numbers
    spelt: Numbers
    two: Numbers
    three: Numbers
    part: Small
    size: Numbers
    initials: Numbers
    first: Small
    """First letter of each token of the vocabulary."""
    letter: Bools
    """Is the token one letter?"""
    letters: npt.NDArray[np.uint8]
    """Letters of each token [token, place] (`edits.Edited`)."""
    length: Numbers


class Days(NamedTuple):
    """Dates in columns (`evidence.date_of_birth.Dates`)."""

    first: Ints
    last: Ints
    year: Ints
    month: Ints
    day: Ints
    last_year: Ints
    precision: Ints


class Posting(NamedTuple):
    """The names that hold each token, section by section.

    Attributes:
        runs: the runs of token t are `runs[t]` to `runs[t + 1]`; a run holds names of one section.
        section: of each run.
        begin: the names of run r are `names[begin[r]:begin[r + 1]]`.
        names: listed names; one that holds a token twice stands twice.
    """

    runs: Numbers
    section: Numbers
    begin: Numbers
    names: Numbers


class Sections(NamedTuple):
    """Names that are alike in all that bounds them besides their tokens.

    Attributes:
        list: number of their list.
        initials: how many of their tokens are one letter.
        day: kind, first and last year of their date of birth [section, 3]: its precision where the unit has
            one date, else NO_DAY or SOME_DAYS.
    """

    list: Numbers
    initials: Numbers
    day: Numbers


class Listed(NamedTuple):
    """What belongs to each listed name, and where each listed token stands.

    Attributes:
        unit, alert, weak: of each name.
        cards: what every name that is found is held against its floor with, side by side [name, 4 + MOST]:
            its section, number of `nation`, tokens, and whether particles stand before one; then its tokens.
        dates_from: the dates of unit u are `dates_from[u]` to `dates_from[u + 1]`.
        nation, sex: number of the unit's set of States and of sexes.
        sections: of names.
        single: names that hold each token.
        joined: names in which neighbours make each joined token.
        joined_cover: how many tokens it joins.
    """

    unit: Ints
    alert: Ints
    weak: Bools
    cards: Numbers
    dates_from: Ints
    nation: Ints
    sex: Ints
    sections: Sections
    single: Posting
    joined: Posting
    joined_cover: Small


class Agreeing(NamedTuple):
    """Agreeing tokens: those of the traveller's token a are `from[a]` to `from[a + 1]`."""

    begin: Ints
    to: Numbers
    kind: Small


class Near(NamedTuple):
    """Agreements of single tokens, of the traveller's joined ones, and of listed joined ones."""

    single: Agreeing
    own_joined: Agreeing
    listed_joined: Agreeing


class Weights(NamedTuple):
    """Weights in force for the readings of one set of States.

    Attributes:
        token: [listed token, kind].
        joined: [listed joined token, exact or transliteration].
        nation: by number of the listed set of States.
        sex: [sex of the reading, number of the listed set of sexes].
        date: by relation.
    """

    token: Numbers
    joined: Numbers
    nation: Numbers
    sex: Numbers
    date: Numbers


class Rules(NamedTuple):
    """What stands in weights.json for names (`model.NameWeights`)."""

    conflict: int
    extra_traveller: int
    extra_listed: int
    moved: int
    joined: int
    other_name: int
    inherited_from: int
    inherited_keeps: int
    contradicted_cap: int
    weak: int
    initial: int
    """The most that an initial can weigh."""
    left_alike: int
    left_partly: int
    left_begins: int
    """These three are at most 0: the bounds of names count on it."""


class Scratch(NamedTuple):
    """Room that one search works in, made once (`scratch`)."""

    total: Numbers
    seen: Numbers
    turn: Numbers
    touched: Numbers
    need: Numbers
    day: Numbers
    known_year: Bools
    mark: Numbers
    joined_mark: Numbers
    slot: Numbers
    slot_token: Numbers
    single: Numbers
    two: Numbers
    three: Numbers
    joined_slot: Numbers
    joined_token: Numbers
    joined: Numbers
    grid: Numbers
    best: Numbers
    left: Small
    choice: npt.NDArray[np.int16]


def scratch(tokens: int, joined: int, names: int, sections: int) -> Scratch:
    """Make the room for searches in a list of so many tokens, joined tokens, names and sections."""
    return Scratch(
        total=np.zeros(names, np.int32),
        seen=np.zeros(names, np.int32),
        turn=np.zeros(1, np.int32),
        touched=np.empty(names, np.int32),
        need=np.empty(sections, np.int32),
        day=np.empty((_YEARS, sections), np.int32),
        known_year=np.zeros(_YEARS, np.bool_),
        mark=np.empty(tokens, np.int32),
        joined_mark=np.empty(joined, np.int32),
        slot=np.full(tokens, -1, np.int32),
        slot_token=np.empty(tokens, np.int32),
        single=np.empty((tokens, MOST), np.int32),
        two=np.empty((tokens, MOST), np.int32),
        three=np.empty((tokens, MOST), np.int32),
        joined_slot=np.full(joined, -1, np.int32),
        joined_token=np.empty(joined, np.int32),
        joined=np.empty((joined, MOST), np.int32),
        grid=np.empty((5, MOST, MOST), np.int32),
        best=np.empty((MOST + 1, 1 << MOST), np.int32),
        left=np.empty((MOST + 1, 1 << MOST), np.int8),
        choice=np.empty((MOST + 1, 1 << MOST), np.int16),
    )


# ---- dates -------------------------------------------------------------------------------------------------

(
    NOT_GIVEN, NOT_LISTED, SAME, SWAPPED, SAME_MONTH, ONE_DAY_OFF, SAME_STAND_IN, OTHER_YEAR, ONE_DIGIT,
    STAND_IN, SAME_YEAR, CIRCA, IN_RANGE, CIRCA_NEAR, YEAR_ONLY_OTHER, YEAR_ONLY_NEAR, NEAR_YEAR,
    IMPRECISE_FAR, FAR,
    GENERATION, STAND_IN_YEAR,
) = range(21)  # fmt: skip
"""Places in `evidence.date_of_birth.RELATIONS`."""


@compiled
def relation(own: Days, a: int, listed: Days, b: int) -> int:
    """Return which relation holds between a traveller's date and a listed one, as a place in RELATIONS."""
    whole = own.first[a] == own.last[a]
    precision = listed.precision[b]
    by_day, by_month, by_year, circa = precision == 0, precision == 1, precision == 2, precision == 3
    apart = abs(own.year[a] - listed.year[b])
    stand_in = own.day[a] == 1 and own.month[a] == 1
    inside = own.first[a] <= listed.last[b] and own.last[a] >= listed.first[b]
    if by_day and whole:
        if own.first[a] == listed.first[b]:
            return SAME_STAND_IN if stand_in else SAME
        if apart == 0 and own.day[a] == listed.month[b] and own.month[a] == listed.day[b]:
            return SWAPPED
        if abs(own.first[a] - listed.first[b]) == 1:
            return ONE_DAY_OFF
        both = stand_in and listed.day[b] == 1 and listed.month[b] == 1
        if apart == 1 and own.day[a] == listed.day[b] and own.month[a] == listed.month[b]:
            return STAND_IN_YEAR if both else OTHER_YEAR
        if _one_slip(own, a, listed, b):
            return STAND_IN_YEAR if both else ONE_DIGIT
        if apart == 0 and (stand_in or (listed.day[b] == 1 and listed.month[b] == 1)):
            return STAND_IN
    if by_month and whole:
        if inside:
            return SAME_MONTH
        if apart == 0 and stand_in:
            return STAND_IN
    if by_year and apart == 0:
        return SAME_YEAR
    if not whole and (by_day or by_month) and inside:
        return SAME_YEAR
    if circa:
        if inside:
            return CIRCA
        if apart <= 2:
            return CIRCA_NEAR
    if precision == 4 and inside:
        return IN_RANGE
    if by_day or by_month:
        if apart == 0:
            return YEAR_ONLY_OTHER
        if apart == 1:
            return NEAR_YEAR
    elif max(listed.year[b] - own.year[a], own.year[a] - listed.last_year[b]) <= 1:
        return YEAR_ONLY_NEAR
    if not by_day or not whole:
        return IMPRECISE_FAR
    # A day that stands in, or on which nobody living was born, is an error: it says no more than others.
    doubtful = stand_in or (listed.day[b] == 1 and listed.month[b] == 1)
    doubtful = doubtful or min(own.year[a], listed.year[b]) < 1900 or max(own.year[a], listed.year[b]) > 2100
    return GENERATION if apart >= GENERATION_YEARS and not doubtful else FAR


@compiled
def _one_slip(own: Days, a: int, listed: Days, b: int) -> bool:
    """One digit of YYYYMMDD differs, or two neighbours of one part are swapped."""
    one = own.year[a] * 10000 + own.month[a] * 100 + own.day[a]
    other = listed.year[b] * 10000 + listed.month[b] * 100 + listed.day[b]
    wrong, at, last_wrong = 0, 0, -1
    swapped = False
    last_one, last_other = -1, -1
    while one > 0 or other > 0:
        p, q = one % 10, other % 10
        if p != q:
            wrong += 1
            # places from the right: day 0-1, month 2-3, year 4-7; a swap stays within its part
            within = at in (1, 3, 5, 6, 7)
            if last_wrong == at - 1 and within and p == last_other and q == last_one:
                swapped = True
            last_wrong = at
        last_one, last_other = p, q
        one //= 10
        other //= 10
        at += 1
    return wrong == 1 or (wrong == 2 and swapped)


@compiled
def relations(own: Days, listed: Days) -> Small:
    """Return the relation of each pair of dates (same length), as places in RELATIONS."""
    found = np.zeros(len(own.first), np.int8)
    for at in range(len(found)):
        found[at] = relation(own, at, listed, at)
    return found


@compiled
def best_date(own: Days, reading: int, listed: Days, begin: int, end: int, date: Numbers) -> tuple[int, int]:
    """Return the weight of the best agreeing date of a unit and its place; -1 where one side has none."""
    if own.first[reading] == NO_DATE:
        return date[NOT_GIVEN], -1
    if begin == end:
        return date[NOT_LISTED], -1
    weight, place = date[relation(own, reading, listed, begin)], begin
    for at in range(begin + 1, end):
        other = date[relation(own, reading, listed, at)]
        if other > weight:
            weight, place = other, at
    return weight, place


@compiled
def date_places(own: Days, readings: Ints, listed: Days, begin: Ints, end: Ints, date: Numbers) -> Ints:
    """Return weight and place of the best date of each pair of a reading and a unit [2, pair]."""
    found = np.empty((2, len(readings)), np.int64)
    for at in range(len(readings)):
        found[0, at], found[1, at] = best_date(own, readings[at], listed, begin[at], end[at], date)
    return found


@compiled
def most_of_year(mine: int, kind: int, first: int, last: int, date: Numbers) -> int:
    """Return the most that a whole date of a year can weigh against a listed one.

    Args:
        mine: the traveller's year.
        kind: precision of the listed date, NO_DAY or SOME_DAYS.
        first: its first year.
        last: its last year.
        date: weights by relation.
    """
    if kind == NO_DAY:
        return int(date[NOT_LISTED])
    if kind == SOME_DAYS:
        return _most_date(date)
    most = max(date[FAR], date[IMPRECISE_FAR], date[GENERATION])
    apart = abs(mine - first)
    inside = first <= mine <= last
    if kind == 0:
        if apart == 0:
            most = max(most, date[SAME], date[SAME_STAND_IN], date[SWAPPED], date[ONE_DAY_OFF])
            most = max(most, date[ONE_DIGIT], date[STAND_IN], date[YEAR_ONLY_OTHER])
        elif apart == 1:
            most = max(most, date[ONE_DAY_OFF], date[OTHER_YEAR], date[ONE_DIGIT], date[NEAR_YEAR])
            most = max(most, date[STAND_IN_YEAR])
        elif _slip_of_year(mine, first):
            most = max(most, date[ONE_DIGIT], date[STAND_IN_YEAR])
    elif kind == 1:
        if inside or apart == 0:
            most = max(most, date[SAME_MONTH], date[STAND_IN], date[YEAR_ONLY_OTHER])
        elif apart == 1:
            most = max(most, date[NEAR_YEAR])
    elif kind == 2 and apart == 0:
        most = max(most, date[SAME_YEAR])
    elif kind == 3:
        if inside:
            most = max(most, date[CIRCA])
        if apart <= 2:
            most = max(most, date[CIRCA_NEAR])
    elif kind == 4 and inside:
        most = max(most, date[IN_RANGE])
    if kind >= 2 and first - 1 <= mine <= last + 1:
        most = max(most, date[YEAR_ONLY_NEAR])
    return int(most)


@compiled
def _most_date(date: Numbers) -> int:
    most = date[SAME]
    for at in range(len(date)):
        if at not in (NOT_GIVEN, NOT_LISTED):
            most = max(most, date[at])
    return int(most)


@compiled
def _slip_of_year(one: int, other: int) -> bool:
    """One digit of the years differs, or two neighbours are swapped."""
    wrong, adjacent = 0, False
    last_wrong, last_one, last_other = False, -1, -1
    while one > 0 or other > 0:
        p, q = one % 10, other % 10
        if p != q:
            wrong += 1
            adjacent = adjacent or (last_wrong and p == last_other and q == last_one)
        last_wrong, last_one, last_other = p != q, p, q
        one //= 10
        other //= 10
    return wrong == 1 or (wrong == 2 and adjacent)


@compiled
def _needs(
    own: Days,
    reading: int,
    listed: Listed,
    floors: Numbers,
    added: int,
    rules: Rules,
    date: Numbers,
    room: Scratch,
) -> int:
    """Fill what the tokens of a name of each section must weigh; return the least.

    Args:
        own: the travellers' dates.
        reading: the reading.
        listed: names.
        floors: lowest score kept, by list.
        added: the most that sex, nationality and the reading's own initials can add.
        rules: name rules.
        date: weights by relation.
        room: `need` is filled.
    """
    sections = listed.sections
    given = own.first[reading] != NO_DATE
    year = own.year[reading] - FIRST_YEAR
    whole = given and own.first[reading] == own.last[reading] and 0 <= year < _YEARS
    if whole and not room.known_year[year]:
        for at in range(len(room.need)):
            day = sections.day[at]
            room.day[year, at] = most_of_year(own.year[reading], day[0], day[1], day[2], date)
        room.known_year[year] = True
    most, least = _most_date(date), np.int32(1 << 30)
    for at in range(len(room.need)):
        if whole:
            day = room.day[year, at]
        elif given:
            day = date[NOT_LISTED] if sections.day[at, 0] == NO_DAY else most
        else:
            day = date[NOT_GIVEN]
        room.need[at] = floors[sections.list[at]] - day - added - rules.initial * sections.initials[at]
        least = min(least, room.need[at])
    return int(least)


# ---- alignment ---------------------------------------------------------------------------------------------


@compiled
def align(
    grid: Numbers, m: int, n: int, rules: Rules, best: Numbers, left: Small, choice: npt.NDArray[np.int16]
) -> tuple[int, int, int]:
    """Find the best assignment of m listed to n traveller tokens.

    Args:
        grid: weights, NONE where nothing agrees: [0, i, j] listed i with traveller's j; [1] listed i, i + 1
            with j; [2] listed i to i + 2 with j; [3] listed i with the traveller's j, j + 1 (the last with
            the first); [4] listed i with j to j + 2.
        m: listed tokens.
        n: traveller's tokens.
        rules: penalties.
        best: room: weight by listed tokens seen and set of used tokens.
        left: room: listed tokens left over.
        choice: room; afterwards 0 left over, else `100 * plane + 1 + j` (`steps` walks it back).

    Returns:
        Score, the set of traveller tokens used, and the listed tokens left over.
    """
    states = 1 << n
    best[0, :states] = NONE
    best[0, 0], left[0, 0] = 0, 0
    for at in range(1, m + 1):
        for state in range(states):
            value, over, code = best[at - 1, state], left[at - 1, state] + 1, 0
            for j in range(n):
                bit = 1 << j
                if not state & bit:
                    continue
                rest = state ^ bit
                for plane in range(3):
                    if at > plane and grid[plane, at - 1 - plane, j] > NONE:
                        gain = best[at - 1 - plane, rest] + grid[plane, at - 1 - plane, j]
                        if gain > value:
                            value, over, code = gain, left[at - 1 - plane, rest], 100 * plane + 1 + j
                for plane in range(3, 5):
                    cell = grid[plane, at - 1, j]
                    if cell > NONE and (j + 1 < n or n > 2):  # of two, the last is not before the first
                        used = bit | 1 << ((j + 1) % n)
                        if plane == 4:
                            used |= 1 << ((j + 2) % n)
                        if state & used == used and best[at - 1, state ^ used] + cell > value:
                            value, over = best[at - 1, state ^ used] + cell, left[at - 1, state ^ used]
                            code = 100 * plane + 1 + j
            best[at, state], left[at, state], choice[at, state] = value, over, code
    total, end = NONE * 4, 0
    for state in range(states):
        if best[m, state] <= NONE // 2:
            continue
        unused = n - _bits(state)
        score = best[m, state] + left_over(int(left[m, state]), unused, int(best[m, state]), rules)
        if score > total:
            total, end = score, state
    return total, end, left[m, end]


@compiled
def left_over(listed: int, own: int, agreeing: int, rules: Rules) -> int:
    """Return what the tokens left over on each side weigh, and what a conflict takes off those agreeing."""
    both = min(listed, own)
    weight = (
        both * rules.conflict + (listed - both) * rules.extra_listed + (own - both) * rules.extra_traveller
    )
    return weight + (inherited(agreeing, rules) if both else 0)


@compiled
def inherited(agreeing: int, rules: Rules) -> int:
    """Return what a conflict takes off the agreeing weight: a part of all beyond `inherited_from`."""
    return -(max(agreeing - rules.inherited_from, 0) * (100 - rules.inherited_keeps) // 100)


LEFT_ALIKE, LEFT_PARTLY, LEFT_ONE, LEFT_BEGINS = 1, 2, 3, 4
"""How tokens left over on both sides are alike: all much or partly, one of each partly, one cut short."""
_ROOM = 48  # letters that are compared


@compiled
def likeness(
    own: Side, reading: int, used: int, theirs: Side, name: int, taken: int, rules: Rules, agreeing: int
) -> tuple[int, int, int, int]:
    """Return what it adds that tokens left over on both sides are alike (at least 0), and how.

    Rule: typing, cutting and romanising together bring tokens so far apart that they agree in no kind. Those
    of each side are written as one and compared: alike within 3 edits of 10 letters, partly within 4.5. Else
    one of each side: partly alike within 4 of 10, or one begins with all of the other, two letters or more.
    What is alike is charged in place of the conflict (and, written as one, of all that is left over).

    Args:
        own: names of the travellers.
        reading: which of them.
        used: the set of its tokens that agree.
        theirs: listed names.
        name: which of them.
        taken: the set of its tokens that agree.
        rules: penalties.
        agreeing: what the agreeing tokens weigh.

    Returns:
        The gain, how (0: not alike), and the traveller's and the listed place of one token (-1: all).
    """
    n, m = own.size[reading], theirs.size[name]
    unused, over = n - _bits(used), m - _bits(taken)
    before = left_over(over, unused, agreeing, rules)
    one, other = np.empty(_ROOM, np.uint8), np.empty(_ROOM, np.uint8)
    size = _written(theirs, name, taken, 0, other)
    how = 0
    for first in range(2 if unused > 1 else 1):  # of a swapped name the last token comes first
        mine = _written(own, reading, used, first, one)
        longest = max(mine, size)
        edits = _edits(one, mine, other, size)
        if 10 * edits <= 3 * longest:
            how = LEFT_ALIKE
        elif 20 * edits <= 9 * longest and how == 0:
            how = LEFT_PARTLY
    if how:
        weight = rules.left_alike if how == LEFT_ALIKE else rules.left_partly
        return max(weight - before, 0), how if weight > before else 0, -1, -1
    at, to, least, begins = -1, -1, 1.0, 1
    for j in range(n):
        if used >> j & 1:
            continue
        a = own.single[reading, j]
        for i in range(m):
            if taken >> i & 1:
                continue
            b = theirs.single[name, i]
            p, q = min(own.length[a], _ROOM), min(theirs.length[b], _ROOM)
            shorter, longest = min(p, q), max(p, q)
            if longest < 3:
                continue
            edits = _edits(own.letters[a], p, theirs.letters[b], q)
            if 5 * edits <= 2 * longest and edits < least * longest:
                how, at, to, least = LEFT_ONE, j, i, edits / longest
            if how != LEFT_ONE and shorter > begins and edits == longest - shorter:
                same = True
                for place in range(shorter):
                    same = same and own.letters[a, place] == theirs.letters[b, place]
                if same:
                    how, at, to, begins = LEFT_BEGINS, j, i, shorter
    weight = rules.left_begins if how == LEFT_BEGINS else rules.left_partly
    gain = weight + left_over(over - 1, unused - 1, agreeing, rules) - before
    return (gain, how, at, to) if how and gain > 0 else (0, 0, -1, -1)


@compiled
def _written(side: Side, name: int, taken: int, first: int, room: npt.NDArray[np.uint8]) -> int:
    """Write the tokens that are not taken as one, the last of them first if asked; return their letters."""
    size, count, last = 0, side.size[name], -1
    for at in range(count):
        if not taken >> at & 1:
            last = at
    for turn in range(1 - first, count + 1):
        at = last if turn == 0 else turn - 1
        if taken >> at & 1 or (first and turn and at == last):
            continue
        token = side.single[name, at]
        for place in range(side.length[token]):
            if size < _ROOM and place < side.letters.shape[1]:
                room[size] = side.letters[token, place]
                size += 1
    return size


@compiled
def _edits(one: npt.NDArray[np.uint8], p: int, other: npt.NDArray[np.uint8], q: int) -> int:
    """Return the edits between two texts of so many letters (optimal string alignment)."""
    rows = np.empty((3, _ROOM + 1), np.int64)
    for j in range(q + 1):
        rows[0, j] = j
    for i in range(1, p + 1):
        now, before, earlier = i % 3, (i - 1) % 3, (i - 2) % 3
        rows[now, 0] = i
        for j in range(1, q + 1):
            cost = 0 if one[i - 1] == other[j - 1] else 1
            least = min(rows[before, j] + 1, rows[now, j - 1] + 1, rows[before, j - 1] + cost)
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                least = min(least, rows[earlier, j - 2] + 1)
            rows[now, j] = least
    return int(rows[p % 3, q])


@compiled
def _taken(m: int, n: int, state: int, choice: npt.NDArray[np.int16]) -> int:
    """Return the set of listed tokens that the last alignment used."""
    at, taken = m, 0
    while at > 0:
        code = choice[at, state]
        if code == 0:
            at -= 1
            continue
        plane, j = (code - 1) // 100, (code - 1) % 100
        state ^= _used(plane, j, n)
        for _ in range(1 + (plane if plane < 3 else 0)):
            at -= 1
            taken |= 1 << at
    return taken


@compiled
def _used(plane: int, j: int, n: int) -> int:
    """Return the set of traveller tokens that an agreement uses."""
    used = 1 << j
    if plane >= 3:
        used |= 1 << ((j + 1) % n)
    if plane == 4:
        used |= 1 << ((j + 2) % n)
    return used


@compiled
def _name(
    own: Side, reading: int, theirs: Side, name: int, rules: Rules, room: Scratch
) -> tuple[int, int, bool, int, int, int]:
    """Align a filled pair: score, set of traveller tokens used, whether names contradict, and `likeness`."""
    m, n = theirs.size[name], own.size[reading]
    total, state, over = align(room.grid, m, n, rules, room.best, room.left, room.choice)
    unused = n - _bits(state)
    if over == 0 or unused == 0:
        return total, state, False, 0, -1, -1
    taken = _taken(m, n, state, room.choice)
    gain, how, at, to = likeness(own, reading, state, theirs, name, taken, rules, room.best[m, state])
    conflict = how == 0 or (at >= 0 and over > 1 and unused > 1)
    return total + gain, state, conflict, how, at, to


@compiled
def _bits(state: int) -> int:
    number = 0
    while state:
        number += 1
        state &= state - 1
    return number


@compiled
def contradicted(nation: int, date: int, dates: Numbers, rules: Rules) -> int:
    """Return what the nationality says too much where names contradict: if the date is far as well."""
    if date > max(dates[FAR], dates[IMPRECISE_FAR]):
        return 0
    return max(nation - rules.contradicted_cap, 0)


@compiled
def _mark_row(
    near: Agreeing, token: int, j: int, weight: Numbers, added: int, cells: Numbers, room: Scratch, used: int
) -> int:
    for at in range(near.begin[token], near.begin[token + 1]):
        to, kind = near.to[at], near.kind[at]
        slot = room.slot[to]
        if slot < 0:
            slot = used
            used += 1
            room.slot[to], room.slot_token[slot] = slot, to
            room.single[slot, :] = NONE
            room.two[slot, :] = NONE
            room.three[slot, :] = NONE
        cell = (min(weight[to, kind], weight[to, 0]) + added) << KIND_BITS | (KIND_MASK - kind)
        cells[slot, j] = max(cells[slot, j], cell)
    return used


@compiled
def _mark(
    own: Side, reading: int, near: Near, weights: Weights, rules: Rules, room: Scratch
) -> tuple[int, int]:
    """Mark every listed token, single and joined, that agrees with the reading; return how many."""
    used, joined = 0, 0
    for j in range(own.size[reading]):
        token = own.single[reading, j]
        used = _mark_row(near.single, token, j, weights.token, 0, room.single, room, used)
        if own.spelt[reading, j] >= 0:
            used = _mark_row(near.single, own.spelt[reading, j], j, weights.token, 0, room.single, room, used)
        if own.two[reading, j] >= 0:
            used = _mark_row(
                near.own_joined, own.two[reading, j], j, weights.token, rules.joined, room.two, room, used
            )
        if own.three[reading, j] >= 0:
            used = _mark_row(
                near.own_joined,
                own.three[reading, j],
                j,
                weights.token,
                2 * rules.joined,
                room.three,
                room,
                used,
            )
        rows = near.listed_joined
        for at in range(rows.begin[token], rows.begin[token + 1]):
            to, kind = rows.to[at], rows.kind[at]
            slot = room.joined_slot[to]
            if slot < 0:
                slot = joined
                joined += 1
                room.joined_slot[to], room.joined_token[slot] = slot, to
                room.joined[slot, :] = NONE
            cell = (weights.joined[to, kind] + rules.joined) << KIND_BITS | (KIND_MASK - kind)
            room.joined[slot, j] = max(room.joined[slot, j], cell)
    return used, joined


@compiled
def _unmark(used: int, joined: int, room: Scratch) -> None:
    for slot in range(used):
        room.slot[room.slot_token[slot]] = -1
    for slot in range(joined):
        room.joined_slot[room.joined_token[slot]] = -1


@compiled
def _sum(used: int, joined: int, listed: Listed, room: Scratch) -> None:
    """Note the most that each marked token weighs and covers; add joined ones up over their names."""
    for slot in range(used):
        most, cover = 1, 0
        for j in range(MOST):
            if room.single[slot, j] > NONE:
                most, cover = max(most, room.single[slot, j] >> KIND_BITS), max(cover, 1)
            if room.two[slot, j] > NONE:
                most, cover = max(most, room.two[slot, j] >> KIND_BITS), max(cover, 2)
            if room.three[slot, j] > NONE:
                most, cover = max(most, room.three[slot, j] >> KIND_BITS), max(cover, 3)
        room.mark[slot] = most + (cover << _COVER)
    for slot in range(joined):
        token, most = room.joined_token[slot], 1
        for j in range(MOST):
            if room.joined[slot, j] > NONE:
                most = max(most, room.joined[slot, j] >> KIND_BITS)
        room.joined_mark[slot] = most + (np.int32(listed.joined_cover[token]) << _COVER)
        names = listed.joined
        for at in range(names.begin[names.runs[token]], names.begin[names.runs[token + 1]]):
            room.total[names.names[at]] += room.joined_mark[slot]


@compiled
def _forget(joined: int, listed: Listed, room: Scratch) -> None:
    """Undo what `_sum` has added up."""
    for slot in range(joined):
        names, token = listed.joined, room.joined_token[slot]
        for at in range(names.begin[names.runs[token]], names.begin[names.runs[token + 1]]):
            room.total[names.names[at]] = 0


@compiled
def _cell(room: Scratch, slot: int, j: int) -> int:
    """Return the best cell of a marked token that begins at a place of the reading."""
    return int(max(room.single[slot, j], room.two[slot, j], room.three[slot, j]))


@compiled
def _touch(n: int, used: int, joined: int, least: int, listed: Listed, room: Scratch) -> int:
    """Find the names whose tokens can weigh what their section needs; return how many.

    Each agreement of an alignment begins at another place of the reading, so a name weighs no more than the
    best of each place together. Places are taken in turn, rarest first. Where a name's first agreement in
    that turn is one of weight w, it weighs at most w and the best of all places to come: only sections that
    need no more are looked at, and none of this place where even its best is not enough.
    """
    best, number = np.zeros(MOST, np.int64), np.zeros(MOST, np.int64)
    single, of_joined = listed.single, listed.joined
    for slot in range(used):
        token = room.slot_token[slot]
        names = single.begin[single.runs[token + 1]] - single.begin[single.runs[token]]
        for j in range(n):
            cell = _cell(room, slot, j)
            if cell > NONE:
                best[j] = max(best[j], cell >> KIND_BITS)
                number[j] += names
    for slot in range(joined):
        for j in range(n):
            if room.joined[slot, j] > NONE:
                best[j] = max(best[j], room.joined[slot, j] >> KIND_BITS)
    order = np.argsort(number[:n])
    rest, touched = np.int64(0), 0
    for j in range(n):
        rest += best[j]
    room.turn[0] += 1
    for at in range(n):
        j = order[at]
        if rest < least:
            break
        rest -= best[j]
        for slot in range(used):
            cell = _cell(room, slot, j)
            if cell > NONE:
                limit = max(cell >> KIND_BITS, 0) + rest
                if limit >= least:
                    touched = _open(single, room.slot_token[slot], limit, touched, room)
        for slot in range(joined):
            if room.joined[slot, j] > NONE:
                limit = max(room.joined[slot, j] >> KIND_BITS, 0) + rest
                if limit >= least:
                    touched = _open(of_joined, room.joined_token[slot], limit, touched, room)
    return touched


@compiled
def _open(names: Posting, token: int, limit: int, touched: int, room: Scratch) -> int:
    """Note the names that hold a token, of sections that need no more than the limit."""
    turn = room.turn[0]
    for run in range(names.runs[token], names.runs[token + 1]):
        if room.need[names.section[run]] <= limit:
            for at in range(names.begin[run], names.begin[run + 1]):
                name = names.names[at]
                if room.seen[name] != turn:
                    room.seen[name] = turn
                    room.touched[touched] = name
                    touched += 1
    return touched


@compiled
def _marked(theirs: Side, name: int, card: Numbers, room: Scratch) -> int:
    """Return the sum of the marks of a name."""
    total = room.total[name]
    for i in range(card[2]):
        slot = room.slot[card[4 + i]]
        if slot >= 0:
            total += room.mark[slot]
    if card[3]:
        for i in range(card[2]):
            spelt = theirs.spelt[name, i]
            slot = room.slot[spelt] if spelt >= 0 else -1
            if slot >= 0:
                total += room.mark[slot]
    return int(total)


@compiled
def _fill(
    own: Side,
    reading: int,
    theirs: Side,
    name: int,
    weights: Weights,
    rules: Rules,
    room: Scratch,
    kinds: Numbers,
) -> bool:
    """Fill the grid of a pair, and the kind of each cell; return whether anything but an initial agrees."""
    m, n, strong = theirs.size[name], own.size[reading], False
    for i in range(m):
        token, spelt = theirs.single[name, i], theirs.spelt[name, i]
        slot = room.slot[token]
        other = room.slot[spelt] if spelt >= 0 else -1
        two, three = theirs.two[name, i], theirs.three[name, i]
        two = room.joined_slot[two] if two >= 0 else -1
        three = room.joined_slot[three] if three >= 0 else -1
        for j in range(n):
            cell = room.single[slot, j] if slot >= 0 else NONE
            if other >= 0 and room.single[other, j] > NONE:
                # A particle adds no information: BENAHMED says no more than AHMED.
                far = room.single[other, j]
                most = (weights.token[token, 0] << KIND_BITS) | (far & KIND_MASK)
                cell = max(cell, min(far, most))
            mine = own.single[reading, j]
            if (
                cell == NONE
                and own.letter[mine] != theirs.letter[token]
                and own.first[mine] == theirs.first[token]
            ):
                cell = weights.token[token, INITIAL] << KIND_BITS | (KIND_MASK - INITIAL)
            elif cell > NONE:
                strong = True
            parts = theirs.part[name, i], own.part[reading, j]
            moved = parts[0] > 0 and parts[1] > 0 and parts[0] != parts[1]
            _put(room.grid, kinds, 0, i, j, cell, rules.moved if moved else 0)
            _put(room.grid, kinds, 1, i, j, room.joined[two, j] if two >= 0 else NONE, 0)
            _put(room.grid, kinds, 2, i, j, room.joined[three, j] if three >= 0 else NONE, rules.joined)
            _put(room.grid, kinds, 3, i, j, room.two[slot, j] if slot >= 0 else NONE, 0)
            _put(room.grid, kinds, 4, i, j, room.three[slot, j] if slot >= 0 else NONE, 0)
            for plane in range(1, 5):
                strong = strong or room.grid[plane, i, j] > NONE
    return strong


@compiled
def _put(grid: Numbers, kinds: Numbers, plane: int, i: int, j: int, cell: int, added: int) -> None:
    if cell == NONE:
        grid[plane, i, j] = NONE
        return
    grid[plane, i, j] = (cell >> KIND_BITS) + added
    kinds[plane, i, j] = KIND_MASK - (cell & KIND_MASK)


# ---- search ------------------------------------------------------------------------------------------------


@compiled
def search(
    readings: Ints,
    start: int,
    own: Side,
    born: Days,
    sexes: Ints,
    theirs: Side,
    listed: Listed,
    dates: Days,
    near: Near,
    weights: Weights,
    rules: Rules,
    floors: Numbers,
    list_floors: Numbers,
    every: bool,
    room: Scratch,
    out: Ints,
) -> tuple[int, int]:
    """Score the pairs of some readings that reach their floors.

    Args:
        readings: places of readings of one set of States.
        start: first of them to take.
        own: the travellers' names.
        born: their dates.
        sexes: their sexes.
        theirs: the listed names.
        listed: what belongs to them.
        dates: the listed dates.
        near: agreeing tokens.
        weights: for this set of States.
        rules: name rules.
        floors: lowest score kept, by alert.
        list_floors: the least of them, by list.
        every: align every name, without bounds.
        room: scratch room.
        out: [row, 4] room for reading, name, score and bound of the name; it must hold as many rows as names.

    Returns:
        Rows written, and how many of the readings are done: call again with the rest.
    """
    kinds = np.empty((5, MOST, MOST), np.int32)
    rows, most_nation = 0, np.max(weights.nation)
    alike = max(rules.left_alike, rules.left_partly, rules.left_begins)
    for place in range(start, len(readings)):
        reading = readings[place]
        n = own.size[reading]
        if n == 0:
            continue
        used, joined = _mark(own, reading, near, weights, rules, room)
        _sum(used, joined, listed, room)
        most_sex = np.max(weights.sex[sexes[reading]])
        added = most_sex + most_nation + rules.initial * own.initials[reading]
        least = _needs(born, reading, listed, list_floors, added, rules, weights.date, room)
        touched = len(listed.unit) if every else _touch(n, used, joined, least, listed, room)
        if rows + touched > len(out):
            _forget(joined, listed, room)
            _unmark(used, joined, room)
            return rows, place
        for at in range(touched):
            name = at if every else room.touched[at]
            card = listed.cards[name]
            m, total = card[2], _marked(theirs, name, card, room)
            letters = own.initials[reading] + listed.sections.initials[card[0]]
            # Weight, without what the section's needs count already.
            uncovered = min(m, n) - (total >> _COVER) - letters
            bound = total & ((1 << _COVER) - 1)
            bound += max(rules.conflict * uncovered, alike) if uncovered > 0 else 0
            nation = weights.nation[card[1]]
            if not every and bound + nation - most_nation < room.need[card[0]]:
                continue
            bound += rules.initial * letters
            floor = floors[listed.alert[name]]
            unit = listed.unit[name]
            rest = nation + weights.sex[sexes[reading], listed.sex[unit]]
            if listed.weak[name]:
                rest += rules.weak
            begin, end = listed.dates_from[unit], listed.dates_from[unit + 1]
            date = best_date(born, reading, dates, begin, end, weights.date)[0]
            rest += date
            if not every and bound + rest < floor:
                continue
            score = rest + rules.other_name
            conflict = True
            if _fill(own, reading, theirs, name, weights, rules, room, kinds):
                total, _, conflict, _, _, _ = _name(own, reading, theirs, name, rules, room)
                score = rest + total
            if conflict:
                score -= contradicted(nation, date, weights.date, rules)
            if score >= floor:
                out[rows, 0], out[rows, 1], out[rows, 2], out[rows, 3] = reading, name, score, bound
                rows += 1
        _forget(joined, listed, room)
        _unmark(used, joined, room)
    return rows, len(readings)


@compiled
def align_pairs(
    readings: Ints,
    names: Ints,
    own: Side,
    theirs: Side,
    near: Near,
    weights: Weights,
    rules: Rules,
    room: Scratch,
    steps: Numbers,
    left: Numbers,
) -> Ints:
    """Align given pairs and tell how.

    Args:
        readings: reading of each pair; pairs of one reading stand together.
        names: listed name of each pair.
        own: the travellers' names.
        theirs: the listed names.
        near: agreeing tokens.
        weights: for the readings' set of States.
        rules: name rules.
        room: scratch room.
        steps: [pair, step, 5] room: listed place, traveller's place, plane of the grid, weight, kind of each
            agreement, in listed order; -1 where there are no more. A joined one names its first place.
        left: [pair, 3] room: how what is left over is alike (0: not), the traveller's and the listed place.

    Returns:
        Name score of each pair, and whether its names contradict [2, pair].
    """
    kinds = np.empty((5, MOST, MOST), np.int32)
    score = np.zeros((2, len(readings)), np.int64)
    used, joined = 0, 0
    for pair in range(len(readings)):
        reading, name = readings[pair], names[pair]
        if pair == 0 or readings[pair - 1] != reading:
            _unmark(used, joined, room)
            used, joined = _mark(own, reading, near, weights, rules, room)
        m, n = theirs.size[name], own.size[reading]
        steps[pair, :, :] = -1
        left[pair, 0], left[pair, 1], left[pair, 2] = 0, -1, -1
        if n == 0 or m == 0:
            continue
        if not _fill(own, reading, theirs, name, weights, rules, room, kinds):
            score[0, pair], score[1, pair] = rules.other_name, 1
            continue
        total, state, conflict, how, at, to = _name(own, reading, theirs, name, rules, room)
        score[0, pair], score[1, pair] = total, conflict
        left[pair, 0], left[pair, 1], left[pair, 2] = how, at, to
        _walk(m, n, state, room, kinds, steps[pair])
    _unmark(used, joined, room)
    return score


@compiled
def _walk(m: int, n: int, state: int, room: Scratch, kinds: Numbers, steps: Numbers) -> None:
    """Write the agreements of the last alignment, in listed order."""
    at, number = m, 0
    while at > 0:
        code = room.choice[at, state]
        if code == 0:
            at -= 1
            continue
        plane, j = (code - 1) // 100, (code - 1) % 100
        state ^= _used(plane, j, n)
        at -= 1 + (plane if plane < 3 else 0)
        steps[number, 0], steps[number, 1], steps[number, 2] = at, j, plane
        steps[number, 3], steps[number, 4] = room.grid[plane, at, j], kinds[plane, at, j]
        number += 1
    for one in range(number // 2):
        for column in range(5):
            other = steps[number - 1 - one, column]
            steps[number - 1 - one, column] = steps[one, column]
            steps[one, column] = other
