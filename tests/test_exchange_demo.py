"""`make exchange-demo` does what it says, in a process of its own."""

import re
import subprocess
import sys

import pytest


@pytest.mark.slow
def test_two_agencies_exchange_withdraw_and_refuse(root, tmp_path):
    done = subprocess.run(
        [sys.executable, str(root / "docs" / "exchange-demo" / "run.py"), str(tmp_path / "demo")],
        cwd=root,
        env={"PYTHONPATH": str(root), "PATH": "", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    text = done.stdout
    assert text.endswith("All as expected.\n")
    codes = re.findall(r"refused \((\w+)\)", text)
    assert codes == [
        "quota", "hash_differs", "unknown_issuer", "bad_signature", "unsafe_archive", "replayed", "out_of_order",
        "wrong_recipient",
    ]  # fmt: skip
    assert "A-2 is not acted on: no basis in our law" in text
    assert "legal basis of B-17 known at A: False" in text
    assert re.search(r"kept +onward: 1", text)
    answers = re.findall(r"fahndung +(traveller \d) +(true|false)", text)
    assert answers == [("traveller 1", "true"), ("traveller 2", "true"), ("traveller 3", "false")]
    assert not (root / "store").exists()
