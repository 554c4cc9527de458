"""How good, how fast? Synthetic nights with truth, evaluation, benchmarks."""
