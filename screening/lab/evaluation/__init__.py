"""The examiner of the matcher: evaluation sets that draw nothing from what the matcher knows.

Peoples with their inventories of names (`peoples`, `inventories`), invented populations (`population`), what
happens to names and dates on the way into a message (`tables`, `names`, `dates`, `carriage`), lists
(`lists`), and the sets themselves (`sets`, `two_lists`). Nothing here reads the matcher's classes, weights or
shares, or data made for their fit. Which sets there are and what they cannot show: docs/accuracy.md.
"""
