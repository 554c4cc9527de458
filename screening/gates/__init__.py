"""Is the night fit to be called in order? Suites of expectations, and what they look at."""
