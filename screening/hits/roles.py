"""What people may do with hits, by the roles that the profile gives them.

People are compared as people (`four_eyes`). Where the profile names nobody in any role, everybody is an
analyst. It is what our commands and pages allow: whoever may write into the zone needs no command of ours.
"""

from collections.abc import Collection

from screening.hits.four_eyes import same_person
from screening.profile.review import Review
from screening.tables.codes import ReviewRole
from screening.tables.errors import UsageError

DECIDES = frozenset({ReviewRole.ANALYST, ReviewRole.SUPERVISOR})
TELLS_BACK = DECIDES | {ReviewRole.BORDER}
SEES_HITS = DECIDES | {ReviewRole.AUDITOR}
SEES_DECIDED = SEES_HITS | {ReviewRole.BORDER}


def roles_of(actor: str, review: Review) -> frozenset[ReviewRole]:
    """Return the roles of a person.

    >>> sorted(roles_of("Anna", Review(analysts=("anna",), supervisors=("anna", "ben"))))
    [<ReviewRole.ANALYST: 'analyst'>, <ReviewRole.SUPERVISOR: 'supervisor'>]
    >>> roles_of("carl", Review(analysts=("anna",))), roles_of("carl", Review())
    (frozenset(), frozenset({<ReviewRole.ANALYST: 'analyst'>}))
    """
    people = review.people()
    if not any(people.values()):
        return frozenset({ReviewRole.ANALYST})
    return frozenset(
        role for role, actors in people.items() if any(same_person(actor, one) for one in actors)
    )


def check_role(actor: str, review: Review, needed: Collection[ReviewRole]) -> None:
    """Refuse an actor who has none of the roles.

    Raises:
        UsageError: they have none; says which are needed.
    """
    if roles_of(actor, review).isdisjoint(needed):
        words = " or ".join(str(one).replace("_", " ") for one in ReviewRole if one in needed)
        raise UsageError(
            f"{actor} is no {words}",
            where="profile: review",
            effect="nothing was shown or done",
            remedy="somebody whom the section `review` of the profile names for it does it",
        )
