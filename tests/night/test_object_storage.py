"""A night whose store lies on object storage: killed, taken up, read, and the same bytes as in a folder.

`make store-test` runs the long form: each point of a kill, and faults throughout a night (tests/store_faults.py).
"""

import json
import signal

DATE = "2026-11-23"


def test_a_night_killed_at_its_commit_point_ends_with_the_bytes_of_one_in_a_folder(
    by_hand, written, storage, promised, tmp_path
):
    by_hand.send("a.edi", written.paxlst([written.ylva, *written.fillers]))
    by_hand.run(DATE)
    beside, root = by_hand.copy(tmp_path / "beside"), storage.store(tmp_path.name)
    place = storage.environment | {"SCREENING_STORE": str(root)}
    killed = beside.run(DATE, check=-signal.SIGKILL, KILL_AT="objects.before_current", **place)
    assert "published" not in killed.stdout
    assert f"Parquet     {root}/<path>" in beside.run(DATE, **place).stdout
    assert promised(root) == promised(by_hand.store)
    told = json.loads(beside("audit", "verify", "--format", "json", check=0, **place).stdout)[0]
    assert (told["holds"], told["differences"]) == (True, [])
    assert promised(beside.store) == promised(by_hand.store), "nothing was written into the folder"
    assert not (beside.folder / "s3:").exists()
