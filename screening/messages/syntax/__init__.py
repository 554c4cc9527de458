"""Bytes to segments: character sets, separators, envelopes, archives; no message type is known here."""
