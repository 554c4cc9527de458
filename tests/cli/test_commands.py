"""Every command with each of its options: exit code, shape of what is printed, and words of a refusal.

A line of the tables below is a command line as a person types it; `{hit}`, `{entry}`, … stand for ids of the
night that was run, `_` stays as it is. The last tests walk the tree of commands: a new command or option needs
a line here.
"""

import ast
import csv
import io
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import screening
from screening.cli.main import tree
from screening.store.locks import exclusive
from tests.cli.conftest import NIGHT

# Commands that print rows in three shapes: the line, its exit code, its columns.
FLIGHT_ROWS = (
    "flight_id outcome travellers quarantined unconfirmed withdrawn hits reason_code reason mend file"
)
HIT_ROWS = "hit_id flight_id traveller_id surname given_names date_of_birth alert_id list category severity score late decision standing standing_reason last_named_by evidence_hash near_miss state closed call instructions rescreened proposed lands_at"
NIGHT_ROWS = "night revision state flights travellers not_screened uncounted hits headline"
ENTRY_ROWS = "id night unit flight_id input offset length codes reason state actor at_utc people flight"
LIST_ROWS = "list active alerts age_days versions held category severity authority"
VERSION_ROWS = "version imported_at active alerts source published held sequence imported_by waiting terms"
THRESHOLD_ROWS = "list rate score expected_recall measured_on"
DUE_ROWS = "path class due night table rows of held act sha256"
PENDING_ROWS = "proposal_id batch list source_id act state category severity changed legal_basis review_by expires by at reason decided_by decision"
REVIEW_ROWS = "state list source_id category severity authority review_by expires days owner"
CLEARANCE_ROWS = (
    "clearance_id state alert_id until days analyst second reason decided_at hit_id key_id disposition_id"
)
CHECK_ROWS = (
    "check what value alert_id authority days one other state bits bits_above_chance pro contra basis travellers "
    "hits per_1000 cure takes_away true false inconclusive open needless"
)
SHOWN = {
    "status --night {night}": (1, FLIGHT_ROWS),
    "status": (1, FLIGHT_ROWS),
    "nights": (0, NIGHT_ROWS),
    "hits --night {night}": (0, HIT_ROWS),
    "hits": (0, HIT_ROWS),
    "hits --as anna --reason case_14": (0, HIT_ROWS),
    "tables": (0, "table zone class rows schema_version path"),
    "tables --night {night}": (0, "table zone class rows schema_version path"),
    "quarantine list": (0, ENTRY_ROWS),
    "quarantine list --all": (0, ENTRY_ROWS),
    "quarantine list --night {night}": (0, ENTRY_ROWS),
    "quarantine show {entry} --bytes --show-names --as anna": (0, None),
    "trace {hit}": (0, None),
    "hit {hit}": (0, None),
    "hits --open --decided --severity 1 --list refuse-entry --list inform --lands-after 2026-11-01T00:00 --sort landing": (
        0,
        HIT_ROWS,
    ),
    "hits --near-misses --sort score --flight X": (0, HIT_ROWS),
    "hit {hit} --night {night} --as anna --reason case_14": (0, None),
    "trace {hit} --as anna --reason case_14": (0, None),
    "lookup --document ZZ0000000 --state SE --reason case --list inform --as anna": (0, None),
    "lookup --name DOE,JANE --born 1980 --sex f --nationality GB --reason case": (0, None),
    "why {traveller} {alert} --night {night} --as anna": (0, None),
    "alerts list": (0, LIST_ROWS),
    "alerts pending": (0, PENDING_ROWS),
    "alerts pending --list inform --all --as anna --reason case_14": (0, PENDING_ROWS),
    "alerts due": (0, REVIEW_ROWS),
    "alerts due --list inform --days 30 --overdue --as anna --reason case_14": (0, REVIEW_ROWS),
    "clearances list": (0, CLEARANCE_ROWS),
    "clearances list --due 30 --all --as anna --reason case_14": (0, CLEARANCE_ROWS),
    "keys list": (0, "key_id state file clearances until mend"),
    "model versions": (0, None),
    "thresholds": (0, THRESHOLD_ROWS),
    "thresholds --list inform": (0, THRESHOLD_ROWS),
    "thresholds --travellers travellers.parquet --alerts alerts.parquet --counts counts.parquet": (
        0,
        THRESHOLD_ROWS,
    ),
    "alerts versions --list inform": (0, VERSION_ROWS),
    "alerts check --list inform": (0, CHECK_ROWS),
    "alerts check --list inform --version {version} --all --as anna --reason case_14": (0, CHECK_ROWS),
    "alerts exchange": (
        0,
        "partner direction list_id sequence valid_until alerts acknowledged open refused notes mend",
    ),
    "alerts check --list inform --limit 3 --no-duplicates --no-load": (0, CHECK_ROWS),
    "audit verify": (0, "holds records head broken where reason repairs differences"),
    "audit verify --store store --anchor {head}": (
        0,
        "holds records head broken where reason repairs differences",
    ),
    "store check": (0, "night table path state becomes"),
    "retention due": (0, DUE_ROWS),
    "retention due --days 9": (0, DUE_ROWS),
    "hold list": (
        0,
        "hold_id travellers hits until by at reason released_at released_by stands",
    ),
    "unmask list": (
        0,
        "request_id case by at travellers hits reason approved_by approved_at shown",
    ),
    "profile check": (0, "key value"),
    "profile check profile.toml": (0, "key value"),
    "profile explain": (0, "clause says source"),
    "profile explain profile.toml": (0, "clause says source"),
    "profile diff profile.toml profile.toml": (0, "kind key first second"),
    "profile outside --night {night}": (
        0,
        "flight_id source reason decision messages travellers says",
    ),
    "evaluate --hits hits.parquet --truth truth.parquet --rate 1 --rate 5": (0, None),
    "evaluate --from-decisions --from {night} --to {night} --as anna --reason case_14": (0, None),
    "shift --from 2026-11-23T00:00 --to 2099-01-01T00:00 --as anna": (0, "figure of value unit"),
    "publish --table people.csv --spec publish.toml --out protected.csv": (
        0,
        "method cells unsafe withheld withheld_count complementary changed largest_change optimal small_sums "
        "already_out written",
    ),
    "publish --table people.csv --spec publish.toml --audit naive.csv": (1, "cell low high exact insider"),
    "statistics show --period 2026-11-23": (0, None),
    "statistics show --period 2026-11-23 --table by_sex": (0, "period sex value status"),
    "statistics show --period 2026-11 --table by_sex": (
        0,
        "period sex value at_least days days_withheld status",
    ),
    "fuzz --messages 1 --seed 2": (0, None),
}

# Commands that print prose or write files, on a night that nobody changes: the line and words of its output.
SAID = {
    "report --night {night}": r"report\.html",
    "report": r"night=2026-11-23/report\.html",
    "report --as anna --reason case_14": r"night=2026-11-23/report\.html",
    "report --night {night} --at 2026-11-23T09:00": r"As of 2026-11-23 09:00 UTC",
    "--version": r"^screening \d+\.\d+\.\d+, store format \d+\n$",
    "explain inbox/{message}": r"UNH",
    "explain inbox/{message} --show-names": r"UNH",
    "explain inbox/{message} --show-names --as anna --reason case_14": r"UNH",
    "read inbox/{message} --as anna --reason case_14": r"PNRGOV",
    "read inbox/{message} --format csv": r"^file,index,type,version,function,status,flights,travellers,findings\n",
    "read inbox/{message} inbox/NOTE_OF_THE_SHIFT.txt": r"PNRGOV",
    "audit head": r"^\d+:[0-9a-f]{64}\n$",
    "audit head --store store": r"^\d+:[0-9a-f]{64}\n$",
    "keys show": r"^[\w-]+ \(known to everyone",
    "alerts diff --list inform --from {version} --to {version}": r"0 added, 0 removed, 0 changed",
    "alerts diff --list inform --from {version} --to {version} --format csv": r"^change,source_id,fields\n$",
    "alerts export --list inform --version {version} --out out.jsonl": r"^$",
    "alerts export --list inform --out out.parquet": r"^$",
    "alerts export --list inform --out out.jsonl --as anna --reason case_14": r"^$",
    "alerts diff --list inform --from {version} --to {version} --as anna --reason case_14": r"0 added",
    "statistics export --period 2026-11 --out november": r"files of 2026-11 are in november",
    "compare --pairs names.csv --out compared.csv": r"^1 pairs written",
    "match --travellers travellers.parquet --alerts alerts.parquet --out m.parquet": r"^1 pairs at or above",
    "match --travellers travellers.parquet --alerts alerts.parquet --out m.parquet --counts counts.parquet --false-alerts 1": (
        r"^1 pairs at or above"
    ),
    "model count --travellers many.parquet --out own.parquet": r"^\d+ counts written to own\.parquet",
    "match --travellers travellers.parquet --alerts alerts.parquet --out m.parquet --exhaustive --all-scored": (
        r"pairs at or above 0\.00 bits"
    ),
}

# Acts, each on a copy of the night: the line, its exit code, words of its output.
ACTS = {
    "handout --night {night} --airport BRU --for desk3 --format csv --out sheet.csv --as anna --reason x": (
        0,
        r"^0 hits written to sheet\.csv, for its owner alone\. Valid until ",
    ),
    "audit mend --store store --reason x --as anna": (0, r"^There is nothing to mend: "),
    "decide {plain_hit} --decision false_match --reason seen --as anna": (
        0,
        r"Recorded: false_match as .*silent until",
    ),
    "decide {hit} --decision true_match --reason seen --as anna": (
        0,
        r"Proposed: true_match as .*\n  screening confirm [0-9a-f]{8} --proposal [0-9a-f]{12}\n",
    ),
    "note {hit} --text waits --as anna": (0, r"^Noted on hit [0-9a-f]{8} as [0-9a-f]{32}"),
    "outcome {hit} --met --at 2026-11-23T06:40 --remark calm --as gate7": (0, r"^1 outcomes recorded"),
    "outcome {hit} --missed --format json": (0, r'"outcome": "missed"'),
    "outcome {hit} --positive": (0, r"^1 outcomes recorded"),
    "outcome {hit} --negative": (0, r"^1 outcomes recorded"),
    "quarantine release {entry} --reason note --as anna --second ben": (0, r"is released\. Inside: nobody\."),
    "decide {plain_hit} --night {night} --evidence {evidence} --decision false_match --reason seen": (
        0,
        r"night 2026-11-23\nalert .*\nRecorded: false_match",
    ),
    "alerts activate --list inform --version {version} --reason again --as anna": (0, r"is in use\."),
    "alerts nominate --list fresh --name DOE,JANE --born 1980 --document X1234567 --state GB --sex f --nationality GB "
    "--id n1 --category inform --severity 4 --authority Desk --legal-basis Act --instructions call --caveat none "
    "--visibility team --review-by 2030-01-01 --expires 2031-01-01 --reason case --as anna --format table": (
        0,
        r"Another person approves: screening alerts approve ",
    ),
    "store migrate --as anna": (0, r"^There is nothing to migrate: screening "),
    "model deactivate --reason none --as anna": (0, r"No traffic model was in use"),
    "retention purge --as anna": (0, r"files removed; \d+ proofs"),
    "hold set --hit {hit} --traveller {traveller} --reason x --until 2099-12-31 --as anna": (0, r"^Held as "),
    "unmask request --hit {hit} --traveller {traveller} --case 1/26 --reason x --as anna": (
        0,
        r"Asked as .*\nscreening unmask approve ",
    ),
    "keys new --folder ../keys --store store --as anna": (0, r"^key-[0-9a-f]{8} is in use"),
    "alerts import own alerts/refuse_entry.csv --list other --mapping alerts/refuse_entry.mapping.toml --as anna": (
        0,
        r"active\s+true",
    ),
    "generate --out more --night {night} --flights 1 --travellers 5 --alerts 10 --seed 3": (0, r"1 flights"),
    "schemas --out written": (0, r"files written below written"),
    "run --night {night} --again --inbox inbox --list inform --list refuse-entry --as anna": (1, r"Done\. "),
    "rerun --night {night} --flight {flight} --inbox inbox --as anna": (1, r"published stands"),
    "rerun --flight {flight} --inbox inbox --as anna": (1, r"Night 2026-11-23: the result is the same"),
    "benchmark evaluation-set --set listed --names 40 --travellers 30 --true 5 --history 4 --seed 2 --out made": (
        0,
        "30 travellers",
    ),
    "benchmark lists --names 200 --changed 2 --seed 3 --format table": (0, r"200 names; peak memory"),
    "benchmark read --travellers 20 --rounds 1 --seed 2 --out page.md": (0, r"written to page\.md"),
}

# Wrong use: exit code 2, and the message names what was wrong.
WRONG = {
    "status --night 23.11.2026": "--night",
    "status --night 2026-11-24": "2026-11-24",
    "status --night {night} --format xml": "--format",
    "hits --night 2026-11-24": "2026-11-24",
    "report --night 2026-11-24": "2026-11-24",
    "tables --night 2026-11-24": "2026-11-24",
    "run --night {night} --let-through gap": "--let-through",
    "run --night {night} --let-through manifests": "--reason",
    "run --night {night} --as a/b": "--as",
    "run --night {night} --let-through manifests --reason _ --nothing": "--nothing",
    "rerun --night {night}": "--flight",
    "run --inbox inbox": "--night",
    "rerun --night {night} --flight ZZ999": "--flight",
    "rerun --night {night} --failed --let-through gap --reason x": "--let-through",
    "rerun --night 2026-11-23 --failed --as a/b": "--as",
    "decide 0 --decision false_match": "--reason",
    "decide zz --decision false_match --reason x": "zz",
    "decide {hit} --decision false_match --reason x --evidence 0": "evidence",
    "decide {hit} --decision maybe --reason x": "--decision",
    "decide {hit} --decision maybe --reason x --format json": "--decision",
    "confirm {hit} --night {night} --proposal 0 --as ben --format json": "this proposal does not wait",
    "undo {hit} --night {night} --reason x --as anna --format json": "nothing is decided or proposed",
    "undo {hit}": "--reason",
    "note {hit}": "--text",
    "note zz --text x --as anna --format json": "zz",
    "outcome": "--file",
    "outcome --file none.csv --as gate7": "--file",
    "statistics show --period 2026-11-23 --table nothing": "nothing",
    "statistics show --period soon": "--period",
    "trace zz": "zz",
    "subject find": "--reason",
    "subject report": "--reason",
    "subject correct 3f2a91c0:1:1": "--field",
    "subject erase": "--reason",
    "lookup --reason x": "--name",
    "lookup --name DOE": "--reason",
    "lookup --name DOE --born yesterday --reason x": "--born",
    "lookup --name DOE --nationality Atlantis --reason x": "--nationality",
    "lookup --document ZZ0000000 --state Atlantis --reason x": "--state",
    "lookup --name DOE --list none --reason x": "--list",
    "why zz {alert}": "traveller",
    "why {traveller} none:1": "ALERT",
    "quarantine list --night 2026-11-24": "2026-11-24",
    "quarantine show zz": "quarantine",
    "quarantine release zz --reason x": "quarantine",
    "quarantine release {entry}": "--reason",
    "quarantine replay {entry}": "quarantine",
    "quarantine replay {entry} --file none.edi --reason x --as anna --inbox inbox": "--file",
    "alerts import excel x --list inform": "excel",
    "alerts import un alerts/inform.xml --list ../x": "--list",
    "alerts import own alerts/refuse_entry.csv --list x --mapping none.toml": "none.toml",
    "alerts import un alerts/inform.xml --list x --terms none.csv": "none.csv",
    "alerts versions --list ../x": "--list",
    "alerts check --list none": "none",
    "alerts check --list inform --limit 0 --duplicates --load": "--limit",
    "alerts merge inform:zz inform:zy --version inform=zz --reason x --as anna": "versions of `inform`",
    "alerts keep-apart inform:zz inform:zy --version inform=zz --reason x --as anna": "versions of `inform`",
    "alerts unmerge inform:zz inform:zy --version inform=zz --reason x --as anna": "versions of `inform`",
    "alerts package --list inform --to zz --out p.zip --anew --after 3 --as anna --format json": "exchange.agency",
    "alerts accept none.zip --after-gap x --as anna --format json": "exchange.agency",
    "alerts acknowledge --list zz --out r.jws --as anna": "zz",
    "alerts ask none.jsonl --to zz --list watch --reason x --out q.jws --as anna": "QUESTIONS",
    "alerts answer none.jws --out a.jws --as anna --format json": "exchange.agency",
    "alerts conformance none.zip --key zz --format json": "FILE",
    "review serve --port 0 --public x": "--port",
    "review account add zoe --role nobody --as anna": "--role",
    "review account roles zoe --role nobody --as anna": "--role",
    "review account list --format xml": "--format",
    "review account password --as anna": "Missing argument",
    "review account end --as anna": "Missing argument",
    "rescreen --days 0 --as anna --format json": "--days",
    "keys signing new --as anna": "SCREENING_KEYS",
    "keys signing show": "SCREENING_KEYS",
    "keys signing list --format json": "SCREENING_KEYS",
    "keys signing use signing-00000000 --reason x --as anna": "SCREENING_KEYS",
    "alerts check --list inform --version zz": "--version",
    "alerts diff --list inform --from zz --to zz": "--from",
    "alerts release --list inform --version {version} --reason x --as anna": "not held",
    "alerts release --list inform --version {version}": "--reason",
    "alerts activate --list inform --version {version}": "--reason",
    "alerts export --list inform --out x.docx": "--out",
    "alerts nominate --list refuse-entry --reason x": "--name",
    "alerts nominate --list inform --name DOE,JANE --born 1980 --reason x": "a publisher's",
    "alerts nominate none.jsonl --list fresh --reason x": "none.jsonl",
    "alerts nominate --list refuse-entry --name Otho --reason x": "a name of two parts",
    "alerts amend --list refuse-entry --alert zz --name DOE,JANE --born 1980 --document X1234567 --state GB --sex f "
    "--nationality GB --category inform --severity 4 --authority Desk --legal-basis Act --instructions call "
    "--caveat none --visibility team --review-by 2030-01-01 --expires 2031-01-01 --reason x --as anna --format json": (
        "no such alert"
    ),
    "alerts amend --list refuse-entry --severity 4 --reason x": "--alert",
    "alerts extend refuse-entry:zz --review-by 2030-01-01 --expires 2031-01-01 --reason x --as anna --format json": (
        "no such alert"
    ),
    "alerts extend --list refuse-entry --file none.jsonl --reason x": "none.jsonl",
    "alerts extend zz --reason x": "--list",
    "alerts withdraw refuse-entry:zz --reason x --as anna --format json": "no such alert",
    "alerts withdraw --list refuse-entry --file none.jsonl --reason x": "none.jsonl",
    "alerts approve zzzz --reason x --as anna --format json": "PROPOSAL",
    "alerts reject zzzz --reason x --as anna --format json": "PROPOSAL",
    "clearances end zz --reason x --as anna --format json": "CLEARANCE",
    "retention due --days -1": "--days",
    "hold set --reason x": "--traveller ID",
    "hold set --traveller zz --reason x --as anna": "--traveller",
    "hold set --hit zz --reason x": "zz",
    "hold release zz": "--reason",
    "hold release zz --reason x --as anna": "hold zz",
    "unmask request --hit {hit} --reason x": "--case",
    "unmask approve zz --reason x --as anna": "request zz",
    "unmask show zz --as anna --format json": "request zz",
    "audit verify --anchor 1841": "--anchor",
    "audit mend": "--reason",
    "keys new": "--folder",
    "keys new --folder store/keys": "--folder",
    "keys rotate --reason seen --second berta --as anna": "SCREENING_KEYS",
    "keys rotate": "--reason",
    "keys link --from key-00000000 --to key-00000001 --reason seen --second berta --as anna": "SCREENING_KEYS",
    "keys link --from key-00000000 --reason seen": "--to",
    "keys retire key-00000000 --reason lost --as anna": "linked with no other",
    "match --travellers none.parquet --alerts alerts.parquet --out m.parquet": "--travellers",
    "match --travellers travellers.parquet --alerts names.csv --out m.parquet": "--alerts",
    "match --travellers travellers.parquet --alerts alerts.parquet --out m.parquet --counts hits.parquet": "--counts",
    "match --travellers travellers.parquet --alerts alerts.parquet --out m.parquet --false-alerts 0": "--false-alerts",
    "model count --out x.parquet": "--travellers",
    "model count --travellers none.parquet --out x.parquet": "--travellers",
    "model count --travellers travellers.parquet --out x.parquet": "2 different travellers are too few",
    "model count --from {night} --to {night} --out x.parquet --as anna": "too few",
    "model count --from {night} --to 2026-11-01 --out x.parquet": "--from and --to",
    "model propose --from {night} --to {night} --as anna": "too few",
    "model propose": "--from and --to",
    "model activate zz": "--reason",
    "model activate zz --reason x --as anna": "VERSION",
    "model deactivate --reason _ --nothing": "--nothing",
    "thresholds --list ../x": "--list",
    "thresholds --list none": "none",
    "thresholds --travellers travellers.parquet": "--alerts",
    "compare --pairs truth.parquet --out x.csv": "--pairs",
    "compare --pairs none.csv --out x.csv": "--pairs",
    "compare --pairs names.csv --out none/x.csv": "mkdir -p none",
    "compare --pairs names.csv --out inbox": "--out: the file cannot be written (IsADirectoryError)",
    "match --travellers travellers.parquet --alerts alerts.parquet --out none/m.parquet": "mkdir -p none",
    "run --night {night} --inbox inbox --list TYPO --again": "there is no such list",
    "run --night 2026-11-24 --inbox inbox --list TYPO": "lists are: inform",
    "run --night {night} --inbox inbox --list inform": "keeps them",
    "handout --for desk3 --airport VIENNA": "--airport",
    "handout --night {night}": "--for",
    "shift --from 2026-11-24T06:00 --to 2026-11-23T06:00": "--from and --to",
    "statement night --night {night} --out store/x.jws --reason x --as anna": "--out",
    "statement person --night {night} --out store/x.jws --reason x --for oversight --as anna": "--out",
    "statement verify none.jws --key x --format json": "none.jws",
    "evaluate": "--hits and --truth",
    "evaluate --from-decisions --rate 1": "--from-decisions",
    "evaluate --hits truth.parquet --truth truth.parquet": "--hits",
    "evaluate --hits hits.parquet --truth hits.parquet": "--truth",
    "read none.edi": "none.edi",
    "publish --table people.csv --spec publish.toml": "--out or --audit",
    "publish --table people.csv --spec none.toml --out x.csv": "--spec",
    "publish --table people.csv --spec profile.toml --out x.csv": "unknown key",
    "publish --table none.csv --spec publish.toml --out x.csv": "none.csv",
    "publish --table people.csv --spec publish.toml --out x.docx": "--out",
    "publish --table people.csv --spec publish.toml --out people.csv": "--out",
    "explain none.edi": "none.edi",
    "profile check none.toml": "none.toml",
    "profile explain none.toml": "none.toml",
    "profile outside --night 2026-11-24": "2026-11-24",
    "profile diff profile.toml none.toml": "none.toml",
    "profile notify": "section notify",
    "generate --out more": "--night",
    "generate --out inbox --night {night}": "inbox",
    "fuzz --messages 0": "--messages",
    "schemas": "--out",
    "benchmark night --flights 0": "--flights",
    "benchmark night --travellers 0": "--travellers",
    "benchmark night --alerts 0": "--alerts",
    "benchmark night --seed x": "--seed",
    "benchmark night --profile --format xml --out page.md": "--format",
    "benchmark capacity --size 9 --keep made --out page.md": "--size",
    "benchmark capacity --check 9x": "--check",
    "benchmark capacity --plan x9": "--plan",
    "benchmark capacity --format xml": "--format",
    "benchmark lists --names 0": "--names",
    "benchmark lists --changed 0": "--changed",
    "benchmark lists --seed x": "--seed",
    "benchmark read --format xml": "--format",
    "benchmark large --megabytes 0": "--megabytes",
    "benchmark large --seed x": "--seed",
    "benchmark large --format xml --out page.md": "--format",
    "benchmark evaluation-set --set x --out made": "--set",
    "benchmark evaluation-set --set two-lists --list ofac=sdn.csv --out made": "--list",
    "benchmark match --names 0": "--names",
    "benchmark match --travellers 0": "--travellers",
    "benchmark match --seed x": "--seed",
    "benchmark match --tables made --peers --out page.md --format xml": "--format",
    "benchmark accuracy --out page.md --list ofac=sdn.csv --other un=un.xml --set x": "--set",
    "benchmark accuracy --out page.md --names 0": "--names",
    "benchmark accuracy --out page.md --history -1": "--history",
    "benchmark accuracy --out page.md --travellers 0": "--travellers",
    "benchmark accuracy --out page.md --true 0": "--true",
    "benchmark accuracy --out page.md --seed x": "--seed",
    "benchmark candidates --out page.md --travellers 0": "--travellers",
    "benchmark candidates --out page.md --names 0": "--names",
    "benchmark candidates --out page.md --seed x": "--seed",
    "airflow run": "--night",
    "airflow run --night 23.11.2026": "--night",
    "airflow serve --port 80": "--port",
    "airflow backfill --from 2026-11-20": "--to",
    "airflow backfill --from 2026-11-22 --to 2026-11-20": "there are no nights to run",
    "airflow backfill --from 2026-11-22 --to 2999-01-01": "the night 2999-01-01 is not over",
    "nothing": "nothing",
}

# Options whose whole run is a test of another room, as it starts Airflow or measures: option of command -> room.
ELSEWHERE = {
    "airflow run": {
        *("--dag", "--flight", "--failed", "--sample", "--let-through", "--reason", "--as"),
    },  # tests/dags/test_dags.py
}


@pytest.mark.parametrize("line", SHOWN)
def test_rows_have_one_set_of_columns_in_every_shape(line, told, command):
    code, columns = SHOWN[line]
    done = {
        shape: command(told.folder, *told.words(line), "--format", shape)
        for shape in ("json", "csv", "table")
    }
    for each in done.values():
        assert (each.code, each.err) == (code, "")
    rows = done["json"].json()
    assert isinstance(rows, list)
    header = next(csv.reader(io.StringIO(done["csv"].out)), [])
    if columns:
        assert header == columns.split()
    for row in rows:
        assert list(row) == header
    if not line.startswith("fuzz"):  # its row holds the seconds that it took
        assert len(list(csv.DictReader(io.StringIO(done["csv"].out)))) == len(rows)
    assert done["table"].out.strip()


@pytest.mark.parametrize("line", SAID)
def test_a_command_says_what_it_did(line, told, command):
    done = command(told.folder, *told.words(line))
    assert (done.code, done.err) == (0, "")
    assert re.search(SAID[line], done.out), done.out


@pytest.mark.parametrize("line", ACTS)
def test_an_act_is_done_once_asked_for(line, mine, command):
    code, words = ACTS[line]
    done = command(mine.folder, *mine.words(line))
    assert (done.code, done.err) == (code, "")
    assert re.search(words, done.out), done.out


@pytest.mark.parametrize("line", WRONG)
def test_wrong_use_ends_with_2_and_names_what_was_wrong(line, told, command):
    before = there(told.folder)
    done = command(told.folder, *told.words(line))
    assert (done.code, done.out) == (2, "")
    assert WRONG[line].format(**told.ids) in done.err
    assert there(told.folder) == before


def there(folder: Path) -> list[Path]:
    """Every path but the record and the locks of decisions on lists."""
    beside = {"audit", "_acts", "_exchange"}
    return sorted(path for path in folder.rglob("*") if not beside & {*path.parts, *path.parent.parts})


# What is broken in a copy of the night, the line, its exit code, and words of the error.
def no_store(folder: Path) -> None:
    (folder / "store").rename(folder / "moved")
    (folder / "store").write_text("")


def open_to_others(folder: Path) -> None:
    (folder / "store").chmod(0o777)


def hits_damaged(folder: Path) -> None:
    path = next((folder / "store" / "analyst").rglob("hits.parquet"))
    path.write_bytes(b"PAR1 not any more")


def pointer_damaged(folder: Path) -> None:
    next((folder / "store" / "nights").rglob("CURRENT.json")).write_text("{")


def version_damaged(folder: Path) -> None:
    for path in (folder / "store").rglob("*.parquet"):
        if "inform" in path.parts or "list=inform" in path.parts:
            path.write_bytes(b"PAR1 not any more")


def record_changed(folder: Path) -> None:
    path = max((folder / "store" / "audit").glob("audit-*.jsonl"))
    lines = path.read_bytes().splitlines(keepends=True)
    (place,) = (number for number, line in enumerate(lines) if b'"night.publish"' in line)
    damaged = lines[place].replace(b'"actor"', b'"acter"')
    path.write_bytes(b"".join([*lines[:place], damaged]))  # look-ups of other tests may come after it


def profile_of_nothing(folder: Path) -> None:
    (folder / "profile.toml").write_text("colour = 1\n")


def in_production(folder: Path) -> None:
    path = folder / "profile.toml"
    path.write_text(path.read_text().replace("production = false", "production = true"))


def nobody_sought(folder: Path) -> None:
    (folder / "profile.toml").write_text('[agency]\ntime_zone = "Europe/Brussels"\n')
    (folder / "store").rename(folder / "moved")


def nothing_imported(folder: Path) -> None:
    for path in (folder / "store" / "alerts" / "inform").glob("ACTIVE.json"):
        path.unlink()
    profile = folder / "profile.toml"
    profile.write_text(profile.read_text().replace('path = "alerts/inform.xml"', ""))


def a_web_page(folder: Path) -> None:
    (folder / "alerts" / "inform.xml").write_text("<!DOCTYPE html><html>404</html>")


def half_a_list(folder: Path) -> None:
    path = folder / "alerts" / "refuse_entry.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join(lines[: len(lines) // 2]) + "\n")


def nothing(folder: Path) -> None:
    assert (folder / "store").is_dir()


BROKEN = [
    (no_store, "lookup --name DOE,JANE --reason x", 3, "store"),
    (no_store, "status", 3, "mv store store.aside"),
    (no_store, "nights", 3, "mv store store.aside"),
    (no_store, "", 3, "mv store store.aside"),
    (no_store, "audit verify", 3, "mv store store.aside"),
    (
        nothing_imported,
        "run --night 2026-11-24 --inbox alerts --list inform",
        3,
        "alerts versions --list inform",
    ),
    (open_to_others, "hits --night {night}", 3, "open to others"),
    (open_to_others, "run --night 2026-11-24", 3, "open to others"),
    (hits_damaged, "hits --night {night}", 3, "--again"),
    (hits_damaged, "trace {hit}", 3, "hits.parquet"),
    (pointer_damaged, "status --night {night}", 3, "CURRENT.json"),
    (version_damaged, "alerts check --list inform", 3, "inform"),
    (version_damaged, "alerts export --list inform --out x.jsonl", 3, "inform"),
    (record_changed, "audit verify", 1, ""),
    (profile_of_nothing, "profile check", 2, "colour"),
    (profile_of_nothing, "status --night {night}", 2, "colour"),
    (in_production, "run --night 2026-11-24 --inbox alerts", 2, "SCREENING_KEYS"),
    (in_production, "why {traveller} {alert}", 2, "SCREENING_KEYS"),
    (nobody_sought, "run --night {night}", 3, "alerts import"),
    (nobody_sought, "lookup --name DOE,JANE --reason x", 3, "alerts import"),
    (a_web_page, "alerts import un alerts/inform.xml --list inform", 3, "web page"),
    (half_a_list, "alerts import own alerts/refuse_entry.csv --list refuse-entry", 1, ""),
    (nothing, "alerts import un none.xml --list inform", 3, "none.xml"),
    (nothing, "run --night 2026-11-24 --inbox none", 3, "none"),
]


@pytest.mark.parametrize(
    ("break_it", "line", "code", "words"),
    [pytest.param(*case, id=f"{case[0].__name__}: {case[1]}") for case in BROKEN],
)
def test_what_is_broken_ends_with_its_code_and_says_what_to_do(break_it, line, code, words, mine, command):
    break_it(mine.folder)
    done = command(mine.folder, *mine.words(line))
    assert done.code == code, done.out + done.err
    assert words in done.err
    if code != 1:
        what, where, effect, remedy = done.err.splitlines()
        assert (what[0] != " ", where[:10], effect[:10], remedy[:10]) == (
            True,
            "  where:  ",
            "  effect: ",
            "  remedy: ",
        )


@pytest.mark.parametrize("line", ["", "status", "nights", "hits", "report", "tables", "quarantine list"])
@pytest.mark.parametrize("zone", ["", "nights", "individual", "analyst"])
def test_who_says_that_nothing_was_read_has_shown_nothing(zone, line, mine, command):
    (mine.folder / "store" / zone).chmod(0o755)
    done = command(mine.folder, *line.split())
    assert (done.code == 3, done.out == "") in {(True, True), (False, False)}
    if zone in {"", "nights"}:
        assert (done.code, "nothing was read" in done.err, "chmod 700" in done.err) == (3, True, True)


# How the latest night stands, by what was done to a copy of the store: first word, next command, exit code.
def never_run(folder: Path) -> None:
    (folder / "store").rename(folder / "moved")


def begun(folder: Path) -> None:
    (folder / "store" / "nights" / "2026-11-24").mkdir(mode=0o700)


def test_screening_alone_says_how_the_latest_night_stands_and_what_comes_next(mine, command):
    headline = command(mine.folder, "nights", "--format", "json").json()[0]["headline"]
    done = command(mine.folder)
    assert (done.code, done.err) == (1, "")
    first, following, every = done.out.splitlines()
    assert first == f"Night 2026-11-23, revision 1: {headline}"
    assert following.startswith("Next: screening status ")
    assert every == "All commands: screening --help"


@pytest.mark.parametrize(
    ("change", "words", "following", "code"),
    [
        pytest.param(never_run, "No night", "run --night DATE --inbox DIR", 0, id="no store"),
        pytest.param(
            begun, "Night 2026-11-24: begun and never published", "run --night 2026-11-24", 1, id="killed"
        ),
    ],
)
def test_screening_alone_says_how_to_go_on(change, words, following, code, mine, command):
    change(mine.folder)
    done = command(mine.folder)
    assert (done.code, done.err) == (code, "")
    assert words in done.out
    assert f"Next: screening {following}" in done.out


def test_a_night_that_is_running_is_not_called_failed(mine, command):
    begun(mine.folder)
    with exclusive(mine.folder / "store" / "nights" / "2026-11-24" / ".run", what="the night", wait=False):
        alone, nights = command(mine.folder), command(mine.folder, "nights", "--format", "json").json()
    assert (alone.code, alone.out.splitlines()[0]) == (0, "Night 2026-11-24: running now, not published yet.")
    assert (nights[0]["state"], nights[0]["headline"]) == ("running", "not published yet")
    with exclusive(mine.folder / "store" / "nights" / NIGHT / ".run", what="the night", wait=False):
        (mine.folder / "store" / "nights" / "2026-11-24").rename(mine.folder / "elsewhere")
        assert "! A run of this night is going on" in command(mine.folder).out
    assert "going on" not in command(mine.folder).out


def test_the_command_that_generate_prints_runs_wherever_it_is_pasted(tmp_path, screening):
    made = tmp_path / "a night"
    done = screening(
        tmp_path, "generate", "--out", "a night", "--night", NIGHT, "--flights", "2", "--travellers", "20"
    )
    line = shlex.split(done.stdout.splitlines()[-1])
    environment = dict(word.split("=", 1) for word in line if word.startswith("SCREENING_"))
    words = line[len(environment) :]
    assert words[0] == "screening"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    ran = screening(elsewhere, *words[1:], **environment)
    assert ran.returncode in {0, 1}, ran.stderr
    assert "Done. " in ran.stdout
    assert (made / "store" / "nights" / NIGHT / "CURRENT.json").exists()
    assert list(elsewhere.iterdir()) == []


def test_a_list_imported_by_a_clock_that_was_ahead_has_no_age(mine, command, monkeypatch):
    def age(shape):
        done = command(mine.folder, "alerts", "list", "--format", shape)
        assert done.code == 0
        return done

    for path in (mine.folder / "store" / "alerts").rglob("*.json"):
        path.write_text(re.sub(r'("imported_at": ?")\d{4}', r"\g<1>2126", path.read_text()))
    assert {row["age_days"] < 0 for row in age("json").json() if row["active"]} == {True}
    assert re.search(r"dated \d+ days ahead", age("table").out)


def test_a_held_version_ends_with_1_until_a_named_person_releases_it(mine, command):
    def alerts(*words):
        return command(mine.folder, "alerts", *words)

    half_a_list(mine.folder)
    held = alerts("import", "own", "alerts/refuse_entry.csv", "--list", "refuse-entry", "--format", "json")
    (row,) = held.json()
    assert (held.code, row["active"], row["new"]) == (1, False, True)
    assert [reason.partition(":")[0] for reason in row["held"]] == ["shrink"]
    version = ("--list", "refuse-entry", "--version", row["version"])
    assert alerts("check", *version).code == 1
    assert alerts("activate", *version, "--reason", "x", "--as", "anna").code == 2
    assert alerts("release", *version, "--reason", "announced", "--as", "anna").code == 0
    assert alerts("check", *version).code == 0


def test_a_damaged_record_is_mended_by_a_named_person_and_holds_again(mine, command):
    record_changed(mine.folder)
    assert command(mine.folder, "audit", "verify").code == 1
    mended = command(mine.folder, "audit", "mend", "--store", "store", "--reason", "disk", "--as", "anna")
    assert (mended.code, mended.err) == (0, "")
    # the damaged line may have been the one on the publication: the next run of the night records it again
    assert command(mine.folder, "run", "--night", mine.ids["night"], "--inbox", "inbox").code == 1
    assert command(mine.folder, "audit", "verify").code == 0


def test_who_is_looked_up_can_be_read_from_standard_input(told, command, monkeypatch):
    """Arguments stand in the list of processes."""
    plain = command(told.folder, "lookup", "--name", "DOE, JANE", "--born", "1980", "--reason", "case")
    monkeypatch.setattr("sys.stdin", io.StringIO("DOE, JANE\n1980\n"))
    assert command(told.folder, "lookup", "--name", "-", "--born", "-", "--reason", "case") == plain
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    nobody = command(told.folder, "lookup", "--name", "-", "--reason", "case")
    assert (nobody.code, "--name" in nobody.err) == (2, True)


def test_an_entry_is_replayed_by_a_mended_file(mine, command):
    whole = mine.folder / "inbox" / mine.ids["message"]
    mended = mine.folder / "mended.edi"
    mended.write_bytes(whole.read_bytes().replace(b"UNB+", b"UNB+", 1) + b"\r\n")
    line = "quarantine replay {entry} --file mended.edi --inbox inbox --reason again --as anna --let-through"
    words = [word for word in mine.words(line) if word != "--let-through"]
    done = command(mine.folder, *words)
    assert done.code in {0, 1}, done.err
    assert "is replayed as" in done.out
    again = command(mine.folder, *words)
    assert "nothing to do" in again.out
    (entry,) = command(mine.folder, "quarantine", "list", "--format", "json").json()
    assert entry["state"] == "replayed"


def test_difference_of_two_versions_is_one_object(told, command):
    done = command(
        told.folder, *told.words("alerts diff --list inform --from {version} --to {version} --format json")
    )
    document = done.json()
    assert document.pop("unchanged") > 0
    assert document == {"added": [], "removed": [], "changed": [], "restated": []}


def test_read_prints_one_json_line_a_message(told, command):
    done = command(told.folder, "read", "inbox", "--format", "json")
    assert (done.code, done.err) == (0, "")
    rows = [json.loads(line) for line in done.out.splitlines()]
    files = {path.name for path in (told.folder / "inbox").iterdir()}
    assert {row["file"].removeprefix("inbox/").partition("!")[0] for row in rows} == files
    promised = {"file", "index", "type", "version", "reference", "function", "status"}
    assert all(promised | {"findings", "flights", "travellers"} <= row.keys() for row in rows)
    assert {row["type"] for row in rows} == {"PAXLST", "PNRGOV", None}


def test_an_unforeseen_fault_ends_with_3_and_quotes_nothing_that_was_read(told, command):
    words = {"passenger_id": ["T1"], "entity_id": ["E1"], "score": ["QVARNSTEDT"]}
    pq.write_table(pa.table(words), told.folder / "words.parquet")
    done = command(told.folder, "evaluate", "--hits", "words.parquet", "--truth", "truth.parquet")
    assert (done.code, done.out) == (3, "")
    assert re.match(r"the program failed: \w+ in evaluate\.py", done.err), done.err
    assert "QVARNSTEDT" not in done.err


def test_the_installed_script_ends_with_the_same_codes_and_words(told, command, screening):
    for line in ("status --night {night}", "profile check none.toml"):
        inside, outside = command(told.folder, *told.words(line)), screening(told.folder, *told.words(line))
        assert (outside.returncode, outside.stderr) == (inside.code, inside.err)
    script = Path(sys.executable).with_name("screening")
    done = subprocess.run([script, "--help"], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0
    assert "Advance passenger screening" in done.stdout


# The tree of commands, so that no command or option stays without a case.
def leaves(command, path: tuple[str, ...] = ()):
    """Each command below a group, by its whole name."""
    for name, inner in getattr(command, "commands", {}).items():
        yield from leaves(inner, (*path, name))
    if path and not hasattr(command, "commands"):
        yield " ".join(path), command


TREE = dict(leaves(tree))
LINES = [*(f"{line} --format json" for line in SHOWN), *SAID, *ACTS, *WRONG, *(case[1] for case in BROKEN)]
IN_A_TEST = ["alerts release --list --version --reason --as", "read --format", "alerts import --format"]
IN_A_TEST += [
    "subject find --reason --as --format",
    "subject report --reason --as --out",
]  # test_who_looked.py
IN_A_TEST += ["airflow backfill --failed --dry-run", "airflow dags"]  # tests/dags
IN_A_TEST += ["subject correct --field --reason --as", "subject erase --reason --as"]
IN_A_TEST += ["alerts flag --list --end --reason --as"]  # tests/list_keeping, docs/exchange-demo
IN_A_TEST += ["alerts diff --format", "quarantine replay --file --inbox --reason --as", "decide --instead-of"]


def exercised(name: str) -> set[str]:
    """Every option that some case gives to a command."""
    own = [line.split() for line in [*LINES, *IN_A_TEST] if f"{line} ".startswith(f"{name} ")]
    return {word for words in own for word in words if word.startswith("--")} | ELSEWHERE.get(name, set())


@pytest.mark.parametrize("name", TREE)
def test_every_option_of_every_command_has_a_case(name):
    assert any(f"{line} ".startswith(f"{name} ") for line in LINES + IN_A_TEST)
    options = {option.opts[0] for option in TREE[name].params if option.param_type_name == "option"}
    assert options - {"--help"} <= exercised(name)


@pytest.mark.parametrize("name", TREE)
def test_every_command_has_help_with_an_example_that_parses(name, told, command):
    done = command(told.folder, *name.split(), "--help")
    assert (done.code, done.err) == (0, "")
    (example,) = re.findall(r"Example: screening (.*)", done.out)
    assert example.startswith(name)
    parses(example)


# What a person fills in, as remedies write it.
FILLED_IN = {"DATE": "2026-11-23", "N": "8080", "NUMBER": "7"}
NIGHTS = re.compile(r"\{[\w.]*night(\.isoformat\(\))?\}|\{label\(night\)\}")


def parses(line: str) -> None:
    """Refuse a command line that the real tree of commands would refuse; a name alone has to exist."""
    words = shlex.split(NIGHTS.sub("DATE", line.partition(" >> ")[0]))
    name = next(name for name in TREE if f"{' '.join(words)} ".startswith(f"{name} "))
    rest = [FILLED_IN.get(word, word) for word in words[name.count(" ") + 1 :]]
    if rest:
        TREE[name].make_context("screening", rest)


def texts(tree: ast.AST):
    """Every string that the program can print, an f-string with its values as written; docstrings left out."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else f"{{{ast.unparse(part.value)}}}"
                for part in child.values
            )
        elif (
            isinstance(child, ast.Constant)
            and isinstance(child.value, str)
            and not isinstance(tree, ast.Expr)
        ):
            yield child.value
        else:
            yield from texts(child)


def named_to_people() -> dict[str, str]:
    """Each command line in backticks that the program can print, by line and module."""
    root = Path(screening.__file__).parent
    return {
        f"{line} ({path.relative_to(root)})": line
        for path in sorted(root.rglob("*.py"))
        if "`screening " in (source := path.read_text(encoding="utf-8"))
        for text in texts(ast.parse(source))
        for line in re.findall(r"`screening ([^`]+)`", text)
    }


def test_a_command_named_to_people_exists_and_parses():
    for where, line in named_to_people().items():
        try:
            parses(line)
        except Exception as fault:
            raise AssertionError(where) from fault
