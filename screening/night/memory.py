"""Which allocator Arrow uses: one that gives freed memory back to the system.

Arrow's default (mimalloc in pyarrow 26) keeps most of what was freed: after a large night is settled, 150 MB
of tables hold 700 MB, and every process of the night does so. jemalloc gives it back within a second and
costs no time. No byte of any table depends on it.
"""

import os

import pyarrow as pa

_CHOSEN = "ARROW_DEFAULT_MEMORY_POOL"  # Arrow's own variable: whoever sets it has chosen


def give_back() -> None:
    """Let Arrow give freed memory back, where its build can; may be called any number of times."""
    if _CHOSEN not in os.environ and "jemalloc" in pa.supported_memory_backends():
        pa.set_memory_pool(pa.jemalloc_memory_pool())
