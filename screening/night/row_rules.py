"""The rules by which rows of published nights change, by name: what was begun is ended by the same rule."""

from screening.night.row_masking import mask
from screening.night.row_terms import end_rows
from screening.protection.rewriting import Rules
from screening.protection.subject_rules import correct, erase

RULES: Rules = {"terms": end_rows, "mask": mask, "erase": erase, "correct": correct}
