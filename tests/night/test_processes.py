"""Freed memory goes back to the system: which allocator Arrow uses once a task has begun."""

import os
import subprocess
import sys

import pyarrow as pa
import pytest

ASKED = (
    "import pyarrow as pa; from screening.night.processes import give_back; "
    "give_back(); give_back(); print(pa.default_memory_pool().backend_name)"
)
HERE = pa.supported_memory_backends()


@pytest.mark.parametrize(
    ("chosen", "backend"),
    [
        pytest.param(None, "jemalloc" if "jemalloc" in HERE else HERE[0], id="the one that gives back"),
        pytest.param("system", "system", id="unless the environment chose"),
    ],
)
def test_arrow_takes_an_allocator_that_gives_freed_memory_back(chosen, backend):
    environment = {name: value for name, value in os.environ.items() if name != "ARROW_DEFAULT_MEMORY_POOL"}
    if chosen:
        environment["ARROW_DEFAULT_MEMORY_POOL"] = chosen
    found = subprocess.run(
        [sys.executable, "-c", ASKED], env=environment, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == backend
