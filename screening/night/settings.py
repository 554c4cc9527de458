"""Where things lie: the environment above the profile, read once at the edge.

SCREENING_STORE, SCREENING_PROFILE and SCREENING_INBOX are read here; `profile.environment` lists all
variables that are read anywhere. Defaults lie under the current directory.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from screening.profile.load import parse_profile
from screening.profile.model import Profile
from screening.store.object_path import store_path
from screening.store.zones import Store, store_at
from screening.tables.errors import ProfileError


@dataclass(frozen=True, slots=True)
class Settings:
    """Store, inbox and profile of one process.

    Attributes:
        store: the store.
        inbox: folder that carriers' files arrive in.
        profile: what the agency decided.
        profile_folder: folder that list paths of the profile are relative to.
    """

    store: Store
    inbox: Path
    profile: Profile
    profile_folder: Path


def load_settings(
    *, inbox: Path | None = None, profile: Path | None = None, any_format: bool = False
) -> Settings:
    """Read the environment and the profile.

    Args:
        inbox: overrides SCREENING_INBOX.
        profile: overrides SCREENING_PROFILE.
        any_format: also where the store lies in another release's form.

    Raises:
        FormatError: the store lies in a form that this release does not read.
        ProfileError: the profile named cannot be read or does not hold. Without any, defaults are used.
        StoreError: something else than a folder stands where the store is to be.
    """
    named = profile or _path(os.environ.get("SCREENING_PROFILE"))
    path = named or Path("profile.toml")
    if named is None and not path.exists():
        parsed, folder = Profile(), Path.cwd()
    else:
        parsed, folder = read_profile(path), path.parent
    places = parsed.places
    root = store_path(os.environ.get("SCREENING_STORE") or _beside(folder, places.store) or "store")
    return Settings(
        store=store_at(root, parsed.law.allowed, any_format=any_format),
        inbox=inbox
        or _path(os.environ.get("SCREENING_INBOX") or _beside(folder, places.inbox))
        or Path("inbox"),
        profile=parsed,
        profile_folder=folder.resolve(),
    )


def _beside(folder: Path, place: str | None) -> str | None:
    """Return a place that the profile names, from where it is read; one with a scheme is that already."""
    return place if place is None or "://" in place else str(folder / place)


def read_profile(path: Path) -> Profile:
    """Read one profile file.

    Raises:
        ProfileError: it cannot be read, is no TOML, or holds an unknown key.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise ProfileError(
            f"the profile cannot be read ({type(fault).__name__})",
            where=str(path),
            effect="nothing runs",
            remedy="set SCREENING_PROFILE to a readable TOML file, or unset it to use the defaults",
        ) from None
    return parse_profile(text, name=str(path))


def _path(value: str | None) -> Path | None:
    return Path(value) if value else None
