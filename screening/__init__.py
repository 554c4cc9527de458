"""Advance passenger screening: a nightly batch from API and PNR manifests to hits and aggregates."""

__version__ = "0.2.0"
