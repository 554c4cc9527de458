"""Packages between two agencies: in order, whole, for the right one; withdrawals travel; a kill costs nothing."""

import base64
import hashlib
import io
import json
import shutil
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from screening.list_keeping import lists
from screening.list_keeping.exchange import state as states
from screening.list_keeping.exchange.accepting import Acknowledged, accept
from screening.list_keeping.exchange.answering import acknowledge, flag, standings
from screening.list_keeping.exchange.conformance import conforms
from screening.list_keeping.exchange.sending import package
from screening.list_keeping.exchange.state import Outgoing, incoming, keep_outgoing, outgoing
from screening.profile.model import Profile
from screening.protection.audit import records, verify
from screening.protection.signing import make_signing_key
from screening.protection.zone_terms import endings
from screening.store.zones import Store, open_zones
from screening.tables.errors import InputError, StoreError, UsageError
from tests.killed import dies_at

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
EXAMPLES = Path(__file__).parents[2] / "schemas" / "exchange"
GATE = {"shrink": 1, "growth": 9, "changed": 1, "completeness_drop": 1}


def alert(number, **other):
    name = f"Orlenko, Tadeus {'ABCDEFGHIJ'[number]}"
    return {
        "source_id": f"A-{number}", "category": "inform", "severity": 3, "authority": "Police",
        "names": [{"full": name, "kind": "primary"}], "nationalities": ["MD"], **other,
    }  # fmt: skip


class Agency:
    """One side: a store, keys, a profile that knows the other."""

    def __init__(self, folder, name):
        self.folder, self.name = folder / name, name
        self.store = Store(self.folder / "store")
        self.key = make_signing_key(self.folder / "keys")
        self.exchange = {"agency": name, "partners": []}

    def knows(self, other, **what):
        keys = what.pop("keys", [{"public": other.key.public.x}])
        self.exchange["partners"].append({"id": other.name, "keys": keys, **what})

    @property
    def profile(self):
        ids = {
            "own",
            "from-aa",
            *(one for each in self.exchange["partners"] for one in each.get("takes", {}).values()),
        }
        return Profile.model_validate(
            {"lists": [{"id": one, "gate": GATE} for one in sorted(ids)], "exchange": self.exchange}
        )

    def holds(self, *alerts, list_id="own"):
        path = self.folder / "own.jsonl"
        path.write_text("".join(json.dumps(one) + "\n" for one in alerts))
        return lists.import_list(
            self.store, self.profile.policy(list_id), "canonical", path, actor="anna", at=AT
        )

    def packs(self, out, to="bb", list_id="own", at=AT, **more):
        return package(
            self.store,
            self.profile.exchange,
            list_id,
            to,
            self.folder.parent / out,
            actor="anna",
            at=at,
            **more,
        )

    def takes(self, name, at=AT, **more):
        return accept(
            self.store,
            self.profile,
            self.folder.parent / name,
            folder=self.folder,
            actor="ben",
            at=at,
            **more,
        )

    def answers(self, out, into="from-aa"):
        return acknowledge(
            self.store, self.profile.exchange, into, self.folder.parent / out, actor="ben", at=AT
        )

    def acts(self):
        return [(one["act"], one["objects"]) for one in records(self.store)]


@pytest.fixture
def two(tmp_path, monkeypatch):
    a, b = Agency(tmp_path, "aa"), Agency(tmp_path, "bb")
    a.knows(b, gives=["own"], caveats=["open", "closed"])
    b.knows(a, takes={"own": "from-aa"})

    def as_agency(agency):
        monkeypatch.setenv("SCREENING_KEYS", str(agency.folder / "keys"))

    as_agency(a)
    a.as_agency, b.as_agency = (lambda: as_agency(a)), (lambda: as_agency(b))
    return a, b


def statuses(agency, list_id="from-aa"):
    version = lists.active_version(agency.store, list_id)
    rows = (
        lists.open_version(agency.store, list_id, version).alerts.select(["source_id", "status"]).to_pylist()
    )
    return {row["source_id"]: row["status"] for row in rows}


def refused(agency, name, code, **more):
    with pytest.raises(InputError, match=rf"^refused \({code}\)") as told:
        agency.takes(name, **more)
    assert told.value.remedy
    assert f"refusal:{code}" in agency.acts()[-1][1]
    return told.value


def test_a_package_is_the_same_until_something_changes(two, tmp_path):
    a, _ = two
    a.holds(alert(1), alert(2))
    first, again = a.packs("1.zip"), a.packs("2.zip", at=AT + timedelta(hours=5))
    assert (first.sequence, first.new, again.sequence, again.new) == (1, True, 1, False)
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()
    assert a.packs("3.zip", at=AT + timedelta(days=8)).sequence == 2  # the first is valid no longer
    a.holds(alert(1), alert(2), alert(3))
    assert a.packs("4.zip", at=AT + timedelta(days=8)).sequence == 3
    assert a.packs("5.zip", at=AT + timedelta(days=8), anew=True).sequence == 4


def test_a_withdrawal_travels_until_it_is_acknowledged(two):
    a, b = two
    a.holds(alert(1), alert(2), alert(3))
    a.packs("1.zip")
    b.takes("1.zip")
    a.holds(alert(1), alert(3, expires="2026-11-01"))
    assert a.packs("2.zip").withdrawn == 2
    a.packs("3.zip", anew=True)  # not heard of: they travel again
    assert b.takes("2.zip").withdrawn == 2
    assert statuses(b) == {"A-1": "active", "A-2": "withdrawn", "A-3": "withdrawn"}
    b.takes("3.zip")
    b.as_agency()
    assert b.answers("receipt.jws").withdrawn == ("A-2", "A-3")
    a.as_agency()
    told = a.takes("receipt.jws")
    assert isinstance(told, Acknowledged)
    assert (told.sequence, told.withdrawn) == (3, 2)
    assert a.packs("3-again.zip").new is False  # the receipt changes nothing of what was handed out
    a.holds(alert(1), alert(2))  # withdrawn ones may come back
    assert a.packs("4.zip").withdrawn == 0
    b.takes("4.zip")
    assert statuses(b) == {"A-1": "active", "A-2": "active"}


def test_the_last_alert_can_be_withdrawn(two):
    a, b = two
    a.holds(alert(1))
    a.packs("1.zip")
    b.takes("1.zip")
    a.holds(alert(1, status="withdrawn"))
    a.packs("2.zip")
    assert b.takes("2.zip").imported.active
    assert statuses(b) == {"A-1": "withdrawn"}


def test_a_lost_package_stops_the_chain_until_a_person_says_why(two):
    a, b = two
    a.holds(alert(1))
    a.packs("1.zip")
    b.takes("1.zip")
    a.packs("2.zip", anew=True)
    a.packs("3.zip", anew=True)
    refused(b, "3.zip", "out_of_order")
    assert b.takes("3.zip", after_gap="2 was lost").sequence == 3
    refused(b, "2.zip", "replayed", after_gap="2 was found")
    assert ("exchange.accept", b.acts()[-2][1]) in b.acts()


def test_a_counter_that_was_lost_goes_on_where_the_partner_stands(two):
    a, b = two
    a.holds(alert(1))
    a.packs("1.zip")
    b.takes("1.zip")
    shutil.rmtree(a.store.root / "alerts" / states.FOLDER)
    a.packs("again.zip", at=AT + timedelta(hours=1))
    refused(b, "again.zip", "replayed", at=AT + timedelta(hours=1))
    assert a.packs("2.zip", after=1).sequence == 2
    refused(b, "2.zip", "other_chain")
    assert b.takes("2.zip", after_gap="their store was restored").sequence == 2
    with pytest.raises(UsageError, match="were made already"):
        a.packs("3.zip", after=1)


def test_words_without_a_row_wait_and_are_taken_when_the_row_is_there(two):
    a, b = two
    b.exchange["partners"][0]["terms"] = "terms.csv"
    head = "field,code,ours,relation\ncategory,inform,inquiry,broader\n"
    (b.folder / "terms.csv").write_text(head)
    a.holds(alert(1), alert(2, caveat="open"))
    a.packs("1.zip")
    assert b.takes("1.zip").waiting == 1
    assert statuses(b) == {"A-1": "active", "A-2": "held"}
    b.as_agency()
    assert [(one.source_id, one.field) for one in b.answers("r.jws").waiting] == [("A-2", "caveat")]
    assert standings(b.store, b.profile.exchange, AT)[0].open == 1
    (b.folder / "terms.csv").write_text(head + "caveat,open,offen,exact\n")
    assert b.takes("1.zip").waiting == 0
    assert set(statuses(b).values()) == {"active"}
    refused(b, "1.zip", "replayed")


def test_an_alert_that_is_refused_is_told_and_stays(two):
    a, b = two
    a.holds(alert(1), alert(2))
    a.packs("1.zip")
    b.takes("1.zip")
    assert flag(b.store, b.profile.exchange, "from-aa", "A-2", "no basis", actor="ben", at=AT)
    assert not flag(b.store, b.profile.exchange, "from-aa", "A-2", "no basis", actor="ben", at=AT)
    assert "A-2" not in json.dumps(b.acts()[-1])  # a source id may be a document's number
    b.as_agency()
    b.answers("r.jws")
    a.takes("r.jws")
    assert standings(a.store, a.profile.exchange, AT)[0].notes == ("A-2 is not acted on: no basis",)
    assert statuses(b) == {"A-1": "active", "A-2": "active"}
    assert flag(b.store, b.profile.exchange, "from-aa", "A-2", "solved", actor="ben", at=AT, end=True)
    assert b.answers("r2.jws").refused == ()
    with pytest.raises(UsageError, match="no such alert"):
        flag(b.store, b.profile.exchange, "from-aa", "A-9", "x", actor="ben", at=AT)


def test_alerts_of_another_go_on_only_where_that_one_allows(two, tmp_path):
    a, b = two
    c = Agency(tmp_path, "cc")
    a.exchange["onward"] = [{"caveat": "open", "to": ["cc"]}]
    b.knows(c, gives=["from-aa"], caveats=["open", "closed"])
    b.exchange["onward"] = [{"caveat": "closed", "to": ["any"]}]  # not b's to say
    c.knows(b, takes={"from-aa": "aa-by-bb"})
    a.holds(alert(1), alert(2, caveat="open"), alert(3, caveat="closed"))
    a.packs("1.zip")
    b.takes("1.zip")
    b.as_agency()
    made = b.packs("c.zip", to="cc", list_id="from-aa")
    assert (made.alerts, made.kept) == (1, {"onward": 2})
    c.takes("c.zip")
    assert statuses(c, "aa-by-bb") == {"A-2": "active"}
    state = incoming(c.store, "bb", "from-aa")
    assert (state.originator, list(state.onward.values())) == ("aa", [{"open": ("cc",)}])
    path = b.folder / "by-hand.jsonl"  # a version that no package brought goes to nobody
    path.write_text(json.dumps(alert(4, caveat="open")) + "\n")
    lists.import_list(b.store, b.profile.policy("from-aa"), "canonical", path, actor="ben", at=AT)
    assert b.packs("c2.zip", to="cc", list_id="from-aa").alerts == 0


def test_who_may_get_what_is_the_profiles_to_say(two):
    a, _ = two
    a.holds(alert(1, caveat="secret"))
    with pytest.raises(UsageError, match="1 by caveat"):
        a.packs("x.zip")
    with pytest.raises(UsageError, match="no such partner"):
        a.packs("x.zip", to="dd")
    a.exchange["partners"][0]["tier"] = "hit_no_hit"
    with pytest.raises(UsageError, match="answers, no alerts"):
        a.packs("x.zip")
    a.exchange["partners"][0] |= {"tier": "full", "gives": []}
    with pytest.raises(UsageError, match="does not go to"):
        a.packs("x.zip")
    assert outgoing(a.store, "bb", "own") is None


def test_both_keys_of_a_rotation_hold_and_the_old_one_ends(two):
    a, b = two
    new = make_signing_key(a.folder / "keys")
    a.holds(alert(1))
    a.packs("1.zip")
    b.exchange["partners"][0]["keys"] = [
        {"public": a.key.public.x, "until": (AT - timedelta(days=1)).date()}, {"public": new.public.x},
    ]  # fmt: skip
    refused(b, "1.zip", "key_ended")
    from screening.protection.signing import use_signing_key

    use_signing_key(a.folder / "keys", new.name)
    a.packs("2.zip", anew=True)
    assert b.takes("2.zip").sequence == 2  # the first that is accepted may have any number


def test_a_list_that_the_gate_holds_is_stored_and_told(two):
    a, b = two
    a.holds(*map(alert, range(9)))
    a.packs("1.zip")
    b.takes("1.zip")
    a.holds(alert(1))
    a.packs("2.zip")
    strict = b.profile.model_copy(update={"lists": ()})
    done = accept(b.store, strict, a.folder.parent / "2.zip", folder=b.folder, actor="ben", at=AT)
    assert not done.imported.active
    b.as_agency()
    assert b.answers("r.jws").outcome == "held"
    told = standings(b.store, strict.exchange, AT)[0].mend
    assert f"alerts release --list from-aa --version {done.imported.version}" in told


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_killed_package_neither_skips_nor_repeats_a_number(two, tmp_path, moment):
    a, b = two
    a.holds(alert(1))
    a.packs("1.zip")
    b.takes("1.zip")
    a.holds(alert(1), alert(2))
    saved = tmp_path / "saved"
    shutil.copytree(a.store.root, saved)
    passage = 1
    while dies_at(f"files.{moment}_rename:{passage}", lambda: a.packs("2.zip")) != 0:
        again = a.packs("3.zip")
        assert again.sequence == 2
        copy = tmp_path / f"copy{passage}"
        shutil.copytree(b.folder, copy)
        accept(Store(copy / "store"), b.profile, tmp_path / "3.zip", folder=copy, actor="ben", at=AT)
        if (tmp_path / "2.zip").exists():  # it got out: it is the same package
            assert (tmp_path / "2.zip").read_bytes() == (tmp_path / "3.zip").read_bytes()
            (tmp_path / "2.zip").unlink()
        shutil.rmtree(a.store.root)
        shutil.copytree(saved, a.store.root)
        passage += 1
    assert passage > 3
    assert verify(a.store).holds


def test_a_killed_acceptance_is_taken_up_by_the_same_command(two, tmp_path):
    a, b = two
    a.holds(alert(1))
    a.packs("1.zip")
    a.holds(alert(1), alert(2))
    a.packs("2.zip")
    b.takes("1.zip")
    saved = tmp_path / "saved"
    shutil.copytree(b.store.root, saved)
    passage = 1
    while dies_at(f"files.before_rename:{passage}", lambda: b.takes("2.zip")) != 0:
        assert incoming(b.store, "aa", "own").sequence == 1
        b.takes("2.zip")
        assert statuses(b) == {"A-1": "active", "A-2": "active"}
        assert not (b.store.root / "alerts" / states.FOLDER / "arriving").exists()
        assert verify(b.store).holds
        shutil.rmtree(b.store.root)
        shutil.copytree(saved, b.store.root)
        passage += 1
    assert passage > 8


def test_a_state_that_is_damaged_is_told_and_not_counted_on(two):
    a, _ = two
    a.holds(alert(1))
    a.packs("1.zip")
    (a.store.root / "alerts" / states.FOLDER / "out" / "bb" / "own.json").write_text("{}")
    with pytest.raises(StoreError, match="state of an exchange is damaged"):
        a.packs("2.zip")


def test_what_an_exchange_leaves_has_its_term(two):
    a, b = two
    a.holds(alert(1))
    a.packs("1.zip")
    b.takes("1.zip")
    left = states.arriving(b.store)
    left.mkdir()
    (left / "from-aa.jsonl").write_text("left by a kill")
    for agency, names in ((a, {"own.json": "list"}), (b, {"own.json": "list", "from-aa.jsonl": "unread"})):
        ended = endings(agency.store, agency.profile.retention, ends=lambda _: AT, received={}, pinned=())
        assert {path.name: kind for path, kind, _ in ended if states.FOLDER in path.parts} == names


def test_no_name_or_number_stands_in_the_record(two):
    a, b = two
    a.holds(
        alert(
            1, documents=[{"type": "passport", "number": "K7654321", "issuing_state": "MD", "status": "lost"}]
        )
    )
    a.packs("1.zip")
    b.takes("1.zip")
    refused(b, "1.zip", "replayed")
    for agency in (a, b):
        text = "".join(path.read_text() for path in (agency.store.root / "audit").glob("*.jsonl"))
        assert "exchange." in text
        assert not [word for word in ("Orlenko", "Tadeus", "K7654321", "1.zip") if word in text]


ACCOUNT = json.loads((EXAMPLES / "examples.json").read_text())


def example_agency(tmp_path):
    agency = Agency(tmp_path, ACCOUNT["recipient"])
    keys = [{"public": key["x"], "until": key["until"]} for key in ACCOUNT["issuer_keys"]]
    takes = dict.fromkeys(ACCOUNT["takes"], "from-aa")
    agency.exchange |= {
        "max_bytes": ACCOUNT["max_bytes"], "partners": [{"id": ACCOUNT["issuer"], "keys": keys, "takes": takes}],
    }  # fmt: skip
    return agency


@pytest.mark.parametrize("example", ACCOUNT["examples"], ids=lambda one: one["file"])
def test_each_example_ends_as_its_account_says(example, tmp_path):
    agency = example_agency(tmp_path)
    now = datetime.fromisoformat(ACCOUNT["now"])
    before = {None: [], "first.zip": ["first.zip"], "second.zip": ["first.zip", "second.zip"]}[
        example["after"]
    ]
    shutil.copytree(EXAMPLES / "examples", tmp_path, dirs_exist_ok=True)
    if example["file"].endswith(".jws"):  # the issuer's side
        agency.exchange = {
            "agency": ACCOUNT["issuer"],
            "partners": [{"id": ACCOUNT["recipient"], "keys": [{"public": ACCOUNT["recipient_key"]["x"]}]}],
        }
        digest = manifest_digest(EXAMPLES / "examples" / "second.zip")
        open_zones(agency.store, states.ZONES)
        keep_outgoing(agency.store, ACCOUNT["recipient"], "watch", made_before(digest))
    for name in before:
        agency.takes(name, at=now)
    stored = sorted(agency.store.root.rglob("version.json"))
    if example["expected"] == "accepted":
        assert agency.takes(example["file"], at=now).sequence in {1, 2}
    else:
        refused(agency, example["file"], example["expected"], at=now)
        assert sorted(agency.store.root.rglob("version.json")) == stored


def manifest_digest(path):
    document = zipfile.ZipFile(path).read("manifest.jws").split(b".")[1]
    return hashlib.sha256(base64.urlsafe_b64decode(document + b"==")).hexdigest()


def made_before(digest):
    return Outgoing(
        sequence=2, manifest="", digest=digest, version="0" * 16, created=AT, valid_until=AT, alerts_sha256="",
        terms_of_exchange="", sent=(), made={2: digest},
    )  # fmt: skip


def test_examples_are_what_the_code_makes():
    from screening.lab.exchange_examples import binaries

    root = EXAMPLES.parents[1]
    made = binaries()
    stored = {
        path.relative_to(root).as_posix(): path.read_bytes() for path in (EXAMPLES / "examples").iterdir()
    }
    assert set(made) == set(stored)
    assert [name for name in made if members(made[name]) != members(stored[name])] == [], "run `make schemas`"
    assert {one["expected"] for one in ACCOUNT["examples"]} - {"accepted"} >= set(ACCOUNT["refusals"]) - {
        "not_ours",
        "list_not_given",
        "quota",
    }


def members(data):
    """What a package holds, however it is compressed; one that cannot be opened as it is."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        return len(data) if data[:2] == b"PK" else data
    return [(one.filename, archive.read(one)) for one in archive.infolist()]


def test_an_agency_that_has_only_the_page_writes_a_package_that_is_accepted(tmp_path):
    """With nothing but json, zipfile, base64, hashlib and an Ed25519 library: what docs/exchange.md says is enough."""

    def url(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    def compact(value):
        return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()

    private = Ed25519PrivateKey.generate()
    x = url(private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    kid = url(hashlib.sha256(compact({"crv": "Ed25519", "kty": "OKP", "x": x})).digest())
    line = {"list": "their", **alert(1)}
    files = {"alerts.jsonl": compact(line) + b"\n", "withdrawals.jsonl": b""}
    manifest = {
        "format": "alert-package", "schema_version": "1", "issuer": "zz", "recipient": "bb", "originator": "zz",
        "list": "their", "version": "00000000000000ff", "sequence": 1, "previous": None,
        "created": "2026-11-23T11:00:00Z", "valid_until": "2026-11-30T11:00:00Z", "tier": "full", "caveats": [],
        "terms": [], "files": [
            {"name": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "count": data.count(b"\n")}
            for name, data in files.items()
        ],
    }  # fmt: skip
    head = compact({"alg": "EdDSA", "kid": kid, "typ": "alert-package+jws"})
    signed = f"{url(head)}.{url(compact(manifest))}".encode()
    jws = signed + b"." + url(private.sign(signed)).encode()
    with zipfile.ZipFile(tmp_path / "theirs.zip", "w") as archive:
        for name, data in {
            "withdrawals.jsonl": files["withdrawals.jsonl"],
            "manifest.jws": jws,
            **files,
        }.items():
            archive.writestr(name, data)
    b = Agency(tmp_path, "bb")
    b.exchange["partners"] = [{"id": "zz", "keys": [{"public": x}], "takes": {"their": "from-zz"}}]
    assert [one.result for one in conforms(tmp_path / "theirs.zip", x)] == ["kept"] * 4
    assert b.takes("theirs.zip").imported.active
    assert statuses(b, "from-zz") == {"A-1": "active"}


def test_conformance_says_what_is_not_kept_and_what_was_not_judged():
    folder = EXAMPLES / "examples"
    assert [one.result for one in conforms(folder / "first.zip", None)] == [
        "kept",
        "not_judged",
        "kept",
        "kept",
    ]
    key = ACCOUNT["issuer_keys"][0]["x"]
    for name, check in (
        ("tampered", "content"),
        ("forged", "signature"),
        ("bomb", "content"),
        ("unknown-key", "content"),
    ):
        last = conforms(folder / f"{name}.zip", key)[-1]
        assert (last.check, last.result) == (check, "failed"), name
    assert conforms(folder / "receipt.jws", ACCOUNT["recipient_key"]["x"])[-1].result == "kept"
