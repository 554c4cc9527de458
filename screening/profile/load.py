"""Read a profile: TOML text in, frozen model out, errors that name file, key and allowed values."""

import hashlib
import tomllib

from pydantic import BaseModel, ValidationError

from screening.profile.explain import sources_of_nothing
from screening.profile.model import Profile
from screening.tables.errors import ProfileError


def parse_profile(text: str, *, name: str) -> Profile:
    """Read a profile.

    Args:
        text: TOML.
        name: what to call the file in errors.

    Returns:
        The profile with all defaults filled in.

    Raises:
        ProfileError: the text is no TOML, or a key is unknown or its value not allowed.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise ProfileError(
            f"the profile is not valid TOML: {fault}",
            where=name,
            effect="nothing runs with this profile",
            remedy="correct the line, then `screening profile check`",
        ) from None
    try:
        profile = Profile.model_validate(data)
    except ValidationError as fault:
        raise _profile_error(fault, name) from None
    nowhere = sources_of_nothing(profile)
    if nowhere:
        raise ProfileError(
            f"no clause is called {', '.join(f'`{one}`' for one in nowhere)}",
            where=f"{name}: law.sources",
            effect="nothing runs with this profile",
            remedy="name a clause as `screening profile explain` lists them, or the beginning of several",
        )
    return profile


def _profile_error(fault: ValidationError, name: str) -> ProfileError:
    lines, where = [], []
    for error in fault.errors(include_input=False, include_url=False):
        key = ".".join(str(part) for part in error["loc"])
        where.append(key)
        if error["type"] == "extra_forbidden":
            lines.append(f"unknown key `{key}`; allowed here: {', '.join(_allowed(error['loc'][:-1]))}")
        else:
            lines.append(f"`{key}`: {error['msg']}")
    return ProfileError(
        "; ".join(lines),
        where=f"{name}: {', '.join(where)}",
        effect="nothing runs with this profile",
        remedy="correct the key; `screening profile check` shows all keys with their defaults",
    )


def _allowed(path: tuple[int | str, ...]) -> list[str]:
    model: object = Profile
    for part in path:
        if isinstance(part, int):
            continue
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            return []
        annotation = model.model_fields[part].annotation
        arguments = getattr(annotation, "__args__", ())
        model = next((a for a in arguments if isinstance(a, type) and issubclass(a, BaseModel)), annotation)
    return sorted(model.model_fields) if isinstance(model, type) and issubclass(model, BaseModel) else []


def profile_hash(profile: Profile) -> str:
    """Return the sha256 of the profile's canonical form: equal decisions, equal hash."""
    return hashlib.sha256(profile.model_dump_json().encode()).hexdigest()
