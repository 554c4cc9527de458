"""Seeded synthetic nights: invented people, the messages that name them, the lists that seek some of them.

The same seed gives the same bytes on every machine: all choices come from named streams of
`random.Random`, no clock, no hash order. Listed people and innocents get the same noise, else a matcher
learns noise as guilt.
"""
