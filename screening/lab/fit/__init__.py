"""Fitting the matcher's weights: invented people, noise, evidence as `match` explains it, regression.

`python -m screening.lab.fit` runs all of it and writes `weights.json` (docs/matching.md, Fitted weights). The
evaluation's distortions are written apart from these; neither draws on the other.
"""
