"""Why: what happened between one traveller and one alert in a night, whether it became a hit or not.

The night's own frozen set answers: its list version, its profile, its travellers and the clearances in force
at its moment. The pair is then taken through matching step by step: which route found it, what it scored,
what was missing, and whether the alert, the leg or a clearance kept it from being a hit. No score depends on
other alerts (weights and shares are the model's), so the one alert alone is indexed: the answer takes a second
also for a list of a million names, and it is the night's (tested against published hits).

A pair that reaches its threshold when everything is scored, but that no route found, would be a fault of
ours: it is called `lost`, and a person must act.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from screening.identity.prepare import identify
from screening.matching.agreements import agreements
from screening.matching.candidates import proposals
from screening.matching.index import AlertTables, build_index
from screening.matching.match import match
from screening.matching.model import load_model
from screening.matching.score import DOCUMENT, EXHAUSTIVE, NAME, Judge
from screening.matching.thresholds import list_threshold
from screening.matching.travellers import document_pairs, lay_out
from screening.night import acts, lists
from screening.night.batches import Watch
from screening.night.frozen import Frozen, machine, published_frozen
from screening.night.lookup import raise_pairs
from screening.night.receive import published
from screening.night.settings import Settings
from screening.protection import audit
from screening.protection.keys import Keys, load_keys
from screening.hits.raising import evidence_hash
from screening.reports.text import bits
from screening.store.revisions import nights, read_current
from screening.store.zones import Store
from screening.tables import analyst, individual
from screening.tables.codes import Category, EvidenceKind, Outcome
from screening.tables.errors import StoreError, UsageError

COLUMNS = ("step", "result", "detail", "traveller_value", "alert_value", "weight", "running")
_LOWEST = -1_000_000  # centibits: below every score, so that nothing is left out
