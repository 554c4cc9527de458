"""Names of files may name people: outside landing and the operator's own screen an input is called by its id."""

import io
import zipfile

import pytest

pytestmark = pytest.mark.slow
NIGHT = "2026-11-23"
PLANTED = "ZYXPLANTED"


def test_no_name_of_a_file_or_member_stands_outside_landing(by_hand, written):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"{PLANTED}_MEMBER.edi", written.paxlst(written.fillers, flight="XQ0402"))
        archive.writestr(f"{PLANTED}_NOTE.txt", "the host is down\n")
    by_hand.send(f"{PLANTED}.edi", written.paxlst([written.ylva]))
    by_hand.send(f"{PLANTED}_NOTE.txt", "no messages tonight\n")
    by_hand.send(f"{PLANTED}.zip", packed.getvalue())
    done = by_hand.run(NIGHT, check=1)
    again = by_hand("rerun", "--night", NIGHT, "--failed", "--inbox", "inbox")
    by_hand("quarantine", "list", check=0)
    told = done.stdout + done.stderr + again.stdout + again.stderr
    assert PLANTED not in told
    assert f"{PLANTED}_NOTE.txt" in by_hand("status", "--night", NIGHT, "--format", "json").stdout
    holding = {
        str(path.relative_to(by_hand.store))
        for path in by_hand.store.rglob("*")
        if path.is_file() and PLANTED.encode() in path.read_bytes()
    }
    # Frozen sets are where a run finds its files by name; they are nobody's to read but the night's.
    outside = {
        path for path in holding if not path.startswith("landing/") and not path.endswith("/night.json")
    }
    assert outside == set()
