"""What the tasks do beside the stages: counts in the log, reasons of a red run, parameters; no Airflow runs here."""

import json
import logging
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from screening.tables.errors import StoreError

pytestmark = pytest.mark.slow
NIGHT = "2026-11-23"
LEG = "XQ401-20261123-ARN-VIE"


@pytest.fixture
def at_work(by_hand, monkeypatch):
    """The tasks of an agency, one after the other as the DAGs call them."""
    import airflow.settings  # noqa: F401  (its import puts its own handlers on the root logger)

    from screening.orchestration import schedule, tasks

    for name, path in (("STORE", "store"), ("PROFILE", "profile.toml"), ("INBOX", "inbox")):
        monkeypatch.setenv(f"SCREENING_{name}", str(by_hand.folder / path))
    schedule._schedule_settings.cache_clear()

    def work(begin=tasks.receive, **params):
        context = {
            "params": {"night": NIGHT, **params},
            "dag_run": SimpleNamespace(conf={"night": NIGHT, **params}, triggering_user_name="duty"),
        }
        run = begin(context)
        tasks.index(run)
        for planned, each in (("plan_read", "read"), ("plan_settle", "settle"), ("plan", "screen")):
            for one in getattr(tasks, planned)(run):
                getattr(tasks, each)(one["run"], one["unit"])
        published = tasks.publish(run, context)
        tasks.report(published)
        tasks.attention(published)

    yield work
    schedule._schedule_settings.cache_clear()


@pytest.fixture
def sent():
    """What Airflow's metrics are given: name -> number."""
    from airflow.sdk.observability import stats
    from airflow.sdk.observability.metrics import stats_utils

    gauges = {}

    class Receiver:
        def gauge(self, name, number, **more):
            assert more == {}  # a tag could carry anything
            gauges[name] = number

    stats.initialize(factory=Receiver, export_legacy_names=True)
    yield gauges
    stats.initialize(factory=stats_utils.get_stats_factory(), export_legacy_names=True)


def lines(caplog, level=logging.INFO):
    return [record.getMessage() for record in caplog.records if record.levelno >= level]


def test_each_task_logs_one_line_of_counts_and_nothing_else(by_hand, written, at_work, caplog):
    by_hand.send("SOMEBODYSNAME.edi", written.paxlst([written.ylva, *written.fillers]))
    with caplog.at_level(logging.INFO):
        at_work()
    assert {record.name for record in caplog.records} == {"screening.orchestration.tasks"}
    assert lines(caplog) == [
        f"receive: night {NIGHT}, 1 new files",
        "index: the lists are ready",
        "plan_read: 1 shares of files",
        "read: 1 files, 1 messages, 4 statements, 0 set aside",
        "plan_settle: 1 shares of flights",
        "settle: 1 flights, 4 travellers, 4 documents",
        "plan: 1 batches",
        "screen: 1 hits, 7 pieces of evidence, 0 flights failed",
        "publish: revision 1, 1 flights, 4 travellers, 1 hits, 0 set aside, no gate waits",
        f"report: {by_hand.store}/analyst/reports/night={NIGHT}/report.html",
        f"report: {by_hand.store}/analyst/reports/night={NIGHT}/report.html   "
        f"flights: screening status --night {NIGHT}",
    ]


def test_attention_says_each_reason_and_where_the_report_is_before_it_fails(
    by_hand, written, at_work, caplog, sent
):
    from airflow.sdk.exceptions import AirflowFailException

    from screening.night.monitoring import METRICS

    by_hand.send("a.edi", written.paxlst(written.fillers))
    by_hand.send("b.edi", written.paxlst([written.ylva], flight="XQ0402").replace("PAXLST", "INVOIC"))
    by_hand.send("SOMEBODYSNAME.txt", "a note\n")
    with caplog.at_level(logging.INFO), pytest.raises(AirflowFailException) as red:
        at_work()
    reasons = [line for line in lines(caplog, logging.WARNING) if line.startswith("needs a person: ")]
    assert len(reasons) == 2
    assert all(reason.removeprefix("needs a person: ") in str(red.value) for reason in reasons)
    report = f"{by_hand.store}/analyst/reports/night={NIGHT}/report.html"
    assert report in str(red.value)
    assert report in lines(caplog)[-1]
    assert "SOMEBODYSNAME" not in caplog.text + str(red.value)
    # The same on monitoring's side: numbers under names that are fixed, so nobody's name can be among them.
    of_night = {f"screening.{name}" for name in METRICS if name.startswith(("night.", "inbox."))}
    assert set(sent) == of_night
    assert all(type(number) is int for number in sent.values())
    shown = by_hand.status(NIGHT)
    assert sent["screening.inbox.unread"] == 3
    assert sent["screening.night.flights.screened"] == 1
    assert sent["screening.night.travellers"] == 3
    assert sent["screening.night.waiting"] == sum(row["mend"] is not None for row in shown.values())


def test_a_receiver_that_fails_ends_no_task_and_its_words_come_into_no_log(caplog):
    import airflow.settings  # noqa: F401  (its import sets up logging)
    from airflow.sdk.observability import stats
    from airflow.sdk.observability.metrics import stats_utils

    from screening.orchestration import metrics

    def broken():
        raise RuntimeError("no route for QVARNSTEDT")

    stats.initialize(factory=broken, export_legacy_names=False)
    try:
        with caplog.at_level(logging.WARNING):
            metrics.tell({"purge.files": 1})
    finally:
        stats.initialize(factory=stats_utils.get_stats_factory(), export_legacy_names=True)
    [said] = [record.getMessage() for record in caplog.records]
    assert "RuntimeError" in said
    assert "QVARNSTEDT" not in said


def test_a_rerun_is_judged_by_its_flights_and_says_what_else_of_the_night_waits(
    by_hand, written, at_work, caplog
):
    from airflow.sdk.exceptions import AirflowFailException

    from screening.orchestration import tasks

    by_hand.send("a.edi", written.paxlst([written.ylva, *written.fillers]))
    cut = written.paxlst(written.fillers, flight="XQ0402", reference="2")
    by_hand.send("b.edi", cut[: cut.rindex("NAD+FL")])
    by_hand.send("note.txt", "a note\n")
    by_hand.run(NIGHT, check=1, FAIL_ON=LEG)
    with pytest.raises(AirflowFailException, match="travellers of XQ402 not screened   report"):
        at_work(tasks.receive_again, flights=["XQ402"])
    assert by_hand.status(NIGHT)[LEG]["outcome"] == "failed"
    with pytest.raises(AirflowFailException, match="1 file that holds nobody to look at"):
        at_work(tasks.receive_again, all_failed=True)  # it is judged by all that failed
    assert by_hand.status(NIGHT)[LEG]["outcome"] == "screened_with_findings"
    with caplog.at_level(logging.INFO):
        at_work(tasks.receive_again, flights=[LEG])
    beside = [line for line in lines(caplog) if line.startswith("the flights of this re-run are in order; ")]
    assert "XQ402 not screened" in beside[0]
    assert "1 file that holds nobody" in beside[1]


def test_a_person_lets_an_incomplete_night_through_from_the_dag(by_hand, written, at_work, caplog):
    from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

    profile = by_hand.folder / "profile.toml"
    profile.write_text(profile.read_text() + "\n[gates]\nminimum = 1\ndate_of_birth = 0.9\n")
    undated = [(*person[:2], "", *person[3:]) for person in written.fillers]
    by_hand.send("a.edi", written.paxlst(undated))
    with pytest.raises(AirflowFailException, match="expected at least 90 %"):
        at_work()
    with pytest.raises(AirflowFailException, match="let_through needs let_through_by and reason"):
        at_work(let_through=["manifests"], let_through_by="anna")
    with pytest.raises(AirflowFailException, match="let_through_by is no name"):
        at_work(let_through=["manifests"], let_through_by="anna; rm", reason="strike")
    with pytest.raises(AirflowSkipException):
        at_work()
    assert not list((by_hand.store / "aggregate").glob("current/*/*.parquet"))
    at_work(let_through=["manifests"], let_through_by="anna", reason="strike")
    assert list((by_hand.store / "aggregate").glob("current/*/*.parquet"))
    [act] = [row for row in _acts(by_hand) if row["act"] == "gate.let_through"]
    assert act["actor"] == "anna"
    assert act["reason"] == "strike (triggered in Airflow by duty)"


def _acts(by_hand):
    files = sorted((by_hand.store / "audit").glob("audit-*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def test_a_parameter_that_the_dag_does_not_have_is_refused(at_work, caplog):
    from airflow.sdk.exceptions import AirflowFailException

    from screening.orchestration import tasks

    context = {"params": {"night": None}, "dag_run": SimpleNamespace(conf={"nigth": NIGHT})}
    with caplog.at_level(logging.INFO), pytest.raises(AirflowFailException, match="1 parameter"):
        tasks.receive(context)
    assert lines(caplog, logging.ERROR)[-1] == "  remedy: parameters are: night"


def test_a_dag_says_what_it_does_whose_it_is_and_what_its_fields_mean_when_left_empty(root):
    from airflow.dag_processing.dagbag import DagBag

    from screening.gates.judging import GATES
    from screening.orchestration import parameters, schedule

    bag = DagBag(str(root / "dags"))
    assert bag.import_errors == {}
    assert set(schedule.RUN_TIME_OUTS) == set(bag.dags)
    for name, dag in bag.dags.items():
        assert dag.owner == "screening", name
        assert dag.dagrun_timeout > max(task.execution_timeout for task in dag.tasks), name
        assert dag.max_active_runs == 1, name
        assert dag.description, name
        assert dag.doc_md.count("\n") > 3, name
        assert "screening" in dag.tags, name
        for task in dag.tasks:
            assert task.execution_timeout, task.task_id
            assert task.doc_md, task.task_id
        for field in dag.params:
            described = dag.params.get_param(field)
            empty = "no flight named" if described.schema["type"] == "boolean" else "Empty: "
            assert empty in described.description, field
    for name in ("nightly_screening", "retention", "traffic_model", "import_alert_lists"):
        assert "npausing starts" in bag.dags[name].doc_md
    assert parameters.GATES == GATES


def test_notifiers_hang_on_the_tasks_whose_end_somebody_must_hear_of(root):
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(str(root / "dags"))
    for name in ("nightly_screening", "rerun_flights"):
        dag = bag.dags[name]
        for task in dag.tasks:
            assert bool(task.on_failure_callback) == (task.task_id != "screen"), task.task_id
        assert dag.get_task("attention").on_success_callback
        assert dag.get_task("receive").on_skipped_callback
    purge = bag.dags["retention"].get_task("purge")
    assert purge.on_failure_callback
    assert purge.on_success_callback


def test_the_weekly_proposal_waits_for_travellers_and_puts_nothing_in_use(by_hand, written, at_work, caplog):
    from airflow.sdk.exceptions import AirflowSkipException

    from screening.orchestration import tasks

    with pytest.raises(AirflowSkipException, match="no night is published"):
        tasks.propose()
    by_hand.send("few.edi", written.paxlst(written.fillers))
    at_work()
    with pytest.raises(AirflowSkipException, match="3 different travellers are too few"):
        tasks.propose()
    letters = "ABCDEFGHIJ"
    many = [
        (f"QU{letters[n // 100]}{letters[n // 10 % 10]}LING", f"VARLO {letters[n % 10]}IMA", "800101", "F", "KAZ", f"N{n:07}")
        for n in range(1000)
    ]  # fmt: skip
    by_hand.send("many.edi", written.paxlst(many, flight="XQ0402"))
    at_work()
    with caplog.at_level(logging.INFO):
        version = tasks.propose()
        assert tasks.propose() == version
    assert lines(caplog) == [
        f"propose: {version} is {word}; in use when a person activates it" for word in ("new", "known")
    ]
    assert [(row["version"], row["active"]) for row in by_hand.json("model", "versions")] == [
        (version, False)
    ]


def test_a_failed_task_is_told_and_a_slip_in_the_parameters_is_not(by_hand, at_work):
    from airflow.sdk.exceptions import AirflowFailException

    from screening.orchestration import notifier, tasks

    profile = by_hand.folder / "profile.toml"
    profile.write_text(profile.read_text() + '\n[notify]\nfile = "notices.jsonl"\n')
    notices = by_hand.folder / "notices.jsonl"
    for slip in ({"nigth": NIGHT}, {"let_through": ["hits"]}):
        context = {
            "params": {"night": NIGHT} | slip,
            "dag": SimpleNamespace(params={"night": None, "let_through": None}),
            "dag_run": SimpleNamespace(conf=slip),
            "ti": SimpleNamespace(task_id="receive"),
        }
        with pytest.raises(AirflowFailException) as fault:
            tasks.receive(context)
        notifier.NightNotifier(judged=False).notify(context | {"exception": fault.value})
    assert not notices.exists()
    with pytest.raises(AirflowFailException, match="the inbox holds no file") as fault:
        at_work()
    failed = context | {"params": {"night": NIGHT}, "exception": fault.value}
    notifier.NightNotifier(judged=False).notify(failed)
    notifier.RunNotifier().notify(failed | {"reason": "task_failure"})  # its task has told of it
    notifier.RunNotifier().notify(failed | {"reason": "timed_out"})
    notifier.RetentionNotifier(failed=False).notify({})
    notifier.RetentionNotifier(failed=True).notify({})
    notifier.RetentionNotifier(failed=False).notify({})
    told = [json.loads(line) for line in notices.read_text().splitlines()]
    assert [(one["about"], one["state"], one["cause"]) for one in told] == [
        (f"night {NIGHT}", "failed", "task receive failed"),
        (f"night {NIGHT}", "failed", "the run took too long"),
        ("retention", "failed", "what is due could not be removed"),
        ("retention", "recovered", None),
    ]


@pytest.mark.parametrize(
    ("stated", "after"),
    [
        pytest.param("", None, id="no hour stated"),
        pytest.param("published_by = 06:30:00", timedelta(hours=29, minutes=30), id="the morning after"),
        pytest.param("start = 22:00:00\npublished_by = 04:00:00", timedelta(hours=30), id="over midnight"),
    ],
)
def test_the_deadline_is_the_hour_of_the_profile_after_the_end_of_the_night(
    root, tmp_path, monkeypatch, stated, after
):
    from airflow.dag_processing.dagbag import DagBag

    from screening.orchestration import schedule

    (tmp_path / "profile.toml").write_text(f"[schedule]\n{stated}\n")
    monkeypatch.setenv("SCREENING_PROFILE", str(tmp_path / "profile.toml"))
    schedule._schedule_settings.cache_clear()
    dag = DagBag(str(root / "dags" / "nightly_screening.py")).dags["nightly_screening"]
    schedule._schedule_settings.cache_clear()
    assert [alert.interval for alert in dag.deadline or []] == ([after] if after else [])


def test_a_late_night_is_told_once_and_never_one_that_is_published_or_long_over(by_hand, written, at_work):
    import asyncio

    from screening.orchestration import deadline

    profile = by_hand.folder / "profile.toml"
    profile.write_text(
        profile.read_text() + '\n[notify]\nfile = "notices.jsonl"\n[schedule]\npublished_by = 06:00:00\n'
    )
    now = datetime.now(UTC)
    run = {"conf": {"night": NIGHT}, "run_after": now.isoformat(), "data_interval_start": None}
    old = {
        "conf": {},
        "run_after": now.isoformat(),
        "data_interval_start": (now - timedelta(days=9)).isoformat(),
        "data_interval_end": (now - timedelta(days=8)).isoformat(),
    }
    for asked in (old, run, run):
        asyncio.run(deadline.tell_late({"dag_run": asked}))
    by_hand.send("a.edi", written.paxlst(written.fillers))
    by_hand.run(NIGHT, check=0)
    asyncio.run(deadline.tell_late({"dag_run": run}))
    told = [json.loads(line) for line in (by_hand.folder / "notices.jsonl").read_text().splitlines()]
    assert [(one["about"], one["state"], one["cause"]) for one in told] == [
        (f"night {NIGHT}", "late", "not published by 06:00"),
        (f"night {NIGHT}", "recovered", None),
    ]


def test_a_report_is_linked_where_the_agency_serves_it(by_hand, monkeypatch):
    from screening.orchestration.links import ReportLink

    for name in ("STORE", "PROFILE"):
        path = {"STORE": "store", "PROFILE": "profile.toml"}[name]
        monkeypatch.setenv(f"SCREENING_{name}", str(by_hand.folder / path))
    ended = SimpleNamespace(xcom_pull=lambda task: {"night": NIGHT} if task == "publish" else None)
    below = f"night={NIGHT}/report.html"
    file = (by_hand.store / "analyst" / "reports" / below).as_uri()
    assert ReportLink().get_link(None, ti_key=ended) == file
    profile = by_hand.folder / "profile.toml"
    profile.write_text(profile.read_text() + '\n[schedule]\nreports_at = "https://agency.example/reports/"\n')
    assert ReportLink().get_link(None, ti_key=ended) == f"https://agency.example/reports/{below}"
    nothing = SimpleNamespace(xcom_pull=lambda task: None)
    assert ReportLink().get_link(None, ti_key=nothing) == ""


def test_the_task_that_publishes_can_be_tried_again_after_a_run_that_changed_nothing(
    by_hand, written, at_work, monkeypatch
):
    """Airflow repeats a task whose worker died after its work was done: there is nothing left to do."""
    from screening.orchestration import tasks

    by_hand.send("a.edi", written.paxlst([written.ylva, *written.fillers]))
    at_work()
    once = tasks.publish
    gave = []

    def twice(run, context):
        gave.extend([once(run, context), once(run, context)])
        assert [one["unit"] for one in tasks.plan_read(run) + tasks.plan_settle(run)] == ["none", "none"]
        tasks.read(run, "none")
        tasks.settle(run, "none")
        return gave[1]

    with monkeypatch.context() as patched:
        patched.setattr(tasks, "publish", twice)
        at_work(tasks.receive_again, flights=[LEG])
    assert gave[0] == gave[1]
    assert gave[0]["flights"] == [LEG]
    assert json.loads((by_hand.store / "nights" / NIGHT / "CURRENT.json").read_text())["revision"] == 1
    by_hand.send("b.edi", written.paxlst(written.fillers, flight="XQ0402", reference="2"))
    at_work()
    assert set(by_hand.status(NIGHT)) == {LEG, "XQ402-20261123-ARN-VIE"}


def test_a_purge_between_two_tasks_of_a_night_leaves_none_stuck(by_hand, written, at_work, monkeypatch):
    """Late files of a night whose API has come to its end, and the purge of it between two tasks."""
    from screening.orchestration import tasks

    profile = by_hand.folder / "profile.toml"
    profile.write_text(
        profile.read_text() + "\n[retention]\napi = 48\nsettled = 48\nunread = 48\npnr = 87600\n"
    )
    by_hand.send("a.edi", written.paxlst([written.ylva, *written.fillers]))
    at_work()

    def purge():
        by_hand("retention", "purge", "--as", "anna", check=0, CLOCK_AT="2026-11-29T12:00:00+00:00")

    def purged_after(task):
        def done(*asked):
            gave = task(*asked)
            purge()
            return gave

        return done

    late = {"receive": "XQ402", "read": "XQ403", "plan_settle": "XQ404", "screen": "XQ405"}
    for after, flight in late.items():
        message = written.paxlst(written.fillers, flight=f"XQ0{flight[2:]}", reference=flight[-1])
        by_hand.send(f"night={NIGHT}/{after}.edi", message)
        if after == "receive":  # its bytes are gone before they were read
            with pytest.raises(StoreError, match="before they were read") as caught:
                at_work(purged_after(tasks.receive))
            assert f"`screening run --night {NIGHT}`" in caught.value.remedy
            at_work()
        else:
            with monkeypatch.context() as patched:
                patched.setattr(tasks, after, purged_after(getattr(tasks, after)))
                at_work()
        assert f"{flight}-20261123-ARN-VIE" in by_hand.status(NIGHT), after
    purge()
    by_hand("audit", "verify", check=0)
    assert by_hand.run(NIGHT, check=0).stdout.startswith(f"Night {NIGHT}: nothing is new")


def test_one_list_that_cannot_be_fetched_stops_no_other_and_late_hits_are_told(
    by_hand, written, at_work, monkeypatch, caplog
):
    from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

    from screening.orchestration import list_tasks

    profile = by_hand.folder / "profile.toml"
    more = ', { id = "away", source = "canonical" }, { id = "none", source = "canonical" }]'
    profile.write_text(profile.read_text().replace("}]", "}" + more, 1))
    monkeypatch.setenv("AIRFLOW_CONN_SCREENING_LIST_AWAY", "http://user:secret@127.0.0.1:9/lists/away.jsonl")
    by_hand.send("api.edi", written.paxlst([written.ylva, *written.fillers]))
    by_hand("alerts", "import", "canonical", "watch.jsonl", "--list", "watch", check=0)
    by_hand("run", "--night", NIGHT, "--inbox", "inbox", "--list", "watch", check=0)
    other = {**written.sought, "alert_id": "folder:A7", "list": "folder", "source_id": "A7"}
    (by_hand.folder / "new.jsonl").write_text(json.dumps(other) + "\n")
    place = json.dumps({"path": str(by_hand.folder / "new.jsonl")})
    monkeypatch.setenv("AIRFLOW_CONN_SCREENING_LIST_NONE", json.dumps({"conn_type": "fs", "extra": place}))

    asked = list_tasks.lists_to_import()
    assert [one["list_id"] for one in asked] == ["watch", "away", "none"]
    with caplog.at_level(logging.INFO):
        watch = list_tasks.import_list("watch")
        assert (watch["new"], watch["came_into_use"]) == (False, False)
        with pytest.raises(AirflowFailException, match="could not be fetched: ConnectError") as told:
            list_tasks.import_list("away")
        done = list_tasks.import_list("none")
        assert (done["list"], done["new"], done["came_into_use"]) == ("none", True, True)
        monkeypatch.delenv("AIRFLOW_CONN_SCREENING_LIST_NONE")
        with pytest.raises(AirflowSkipException, match="neither a connection nor a path"):
            list_tasks.import_list("none")
        context = {"params": {"days": 3000}, "dag_run": SimpleNamespace(conf={"days": 3000})}
        [waits] = list_tasks.waiting(context)
        result = list_tasks.rescreen(**waits)
        assert result == {"night": NIGHT, "revision": 2, "run": f"{NIGHT}-0002", "late": 1, "closed": 0}
        assert list_tasks.late_hits([result]) == 1
        assert list_tasks.waiting(context) == []
    said = "\n".join([str(told.value), *lines(caplog)])
    assert "secret" not in said
    assert "127.0.0.1" not in said
    assert "QVARNSTEDT" not in said
    assert f"screening hits --night {NIGHT}" in said
    assert not list((by_hand.store / "alerts" / "_fetched").iterdir())
    [hit] = by_hand.json("hits", "--night", NIGHT)
    assert hit["alert_id"].startswith(("none:", "watch:"))


def test_a_version_that_comes_into_use_is_an_event_of_its_list(root, tmp_path, monkeypatch):
    from airflow.dag_processing.dagbag import DagBag
    from airflow.sdk import AssetAlias, AssetAny

    (tmp_path / "profile.toml").write_text('lists = [{ id = "watch" }, { id = "away" }]')
    monkeypatch.setenv("SCREENING_PROFILE", str(tmp_path / "profile.toml"))
    bag = DagBag(str(root / "dags"))
    [outlet] = bag.dags["import_alert_lists"].get_task("import_list").outlets
    assert outlet == AssetAlias("alert_lists")
    assert bag.dags["rescreen_recent"].get_task("rescreen").outlets == [AssetAlias("published_again")]
    inlets = bag.dags["nightly_screening"].get_task("screen").inlets  # what lineage shows of a night
    assert {asset.name for asset in inlets} == {"alert_list_watch", "alert_list_away"}
    starts = bag.dags["rescreen_recent"].timetable.asset_condition
    assert isinstance(starts, AssetAny)  # a version of one list suffices
    assert {asset.name for asset in starts.objects} == {"alert_list_watch", "alert_list_away"}
    assert {task.task_id for task in bag.dags["rescreen_recent"].tasks} == {
        "waiting",
        "rescreen",
        "late_hits",
    }


@pytest.fixture
def scheduled(by_hand, at_work):
    """Receive as the schedule does: for a night so many before the last that is over, without a parameter."""
    from datetime import UTC, datetime, time, timedelta

    from screening.orchestration import tasks
    from screening.profile.hours import begins, ends, last_over

    def receive(before: int):
        hours = time(1), "Europe/Vienna"
        label = last_over(datetime.now(UTC), *hours) - timedelta(days=before)
        context = {
            "params": {"night": None},
            "data_interval_start": begins(label, *hours),
            "data_interval_end": ends(label, *hours),
            "dag_run": SimpleNamespace(conf={}, triggering_user_name=None),
        }
        return label, lambda: tasks.receive(context)

    return receive


def test_a_night_that_is_long_over_takes_what_lies_in_its_folder_alone(by_hand, written, scheduled):
    from airflow.sdk.exceptions import AirflowFailException

    by_hand.send("flat.edi", written.paxlst(written.fillers))
    night, receive = scheduled(30)
    with pytest.raises(AirflowFailException, match="lies in its own folder") as refused:
        receive()
    assert f"screening run --night {night}" in str(refused.value)
    by_hand.send(f"night={night}/late.edi", written.paxlst([written.ylva], reference="2"))
    assert receive() == f"{night}-0001"
    frozen = json.loads((by_hand.store / "nights" / str(night) / "runs" / "0001" / "night.json").read_text())
    assert len(frozen["inputs"]) == 1
    latest, receive = scheduled(0)  # the scheduler came up late
    assert receive() == f"{latest}-0001"
    frozen = json.loads((by_hand.store / "nights" / str(latest) / "runs" / "0001" / "night.json").read_text())
    assert len(frozen["inputs"]) == 1


def test_after_an_outage_no_file_is_forgotten_and_none_is_screened_as_of_another_night(
    by_hand, written, scheduled, at_work, airflow_api
):
    """Four nights were missed. Airflow runs the last one; a back-fill the others, each with its own folder."""
    from airflow.sdk.exceptions import AirflowFailException

    from screening.orchestration.notifier import NightNotifier

    profile = by_hand.folder / "profile.toml"
    profile.write_text(profile.read_text() + '[notify]\nfile = "notices.jsonl"\n')
    first, second, third, last = (scheduled(before) for before in (3, 2, 1, 0))

    def sent(name, person, flight, night):
        by_hand.send(name, written.paxlst([person], flight=flight, day=f"{night:%y%m%d}", reference=flight))

    sent(f"night={first[0]}/a.edi", written.ylva, "XQ0401", first[0])
    sent(f"night={third[0]}/b.edi", written.fillers[0], "XQ0402", third[0])
    sent("flat.edi", written.fillers[1], "XQ0403", first[0])
    sent("flat2.edi", written.fillers[2], "XQ0404", last[0])

    with pytest.raises(AirflowFailException) as red:
        at_work(begin=lambda _: last[1]())
    for night, _ in (first, third):
        lies = f"1 file lies in the folder of night {night}, and no run has taken it: screening run --night"
        assert f"{lies} {night}" in str(red.value)
        assert f"! {lies} {night}" in by_hand(check=1).stdout
    assert str(second[0]) not in str(red.value)
    run = SimpleNamespace(dag_id="nightly_screening", run_id="the last")
    NightNotifier(judged=True).notify({"params": {"night": str(last[0])}, "dag_run": run})
    [(_, _, note)] = airflow_api.notes  # the run is red, and its note says why
    for night, _ in (first, third):
        assert f"night {night}, needs a person: files lie in its folder of the inbox" in note

    at_work(begin=lambda _: first[1]())
    with pytest.raises(AirflowFailException, match="lies in its own folder"):
        second[1]()
    done = by_hand.run(str(third[0]))  # the command as it is printed
    assert "!" not in done.stdout.replace("! Demonstration", "").replace("! What is usual", "")
    # the last night has closed the day of the first one, as the flat file spoke of it
    assert f"screening run --night {last[0]}" in by_hand(check=1).stdout
    by_hand.run(str(last[0]))
    assert by_hand(check=0).stdout.startswith(f"Night {last[0]}, revision 2: in order")
    flights = {
        str(night): sorted(leg.split("-")[0] for leg in by_hand.status(str(night)))
        for night, _ in (first, third, last)
    }
    assert list(flights.values()) == [["XQ401"], ["XQ402"], ["XQ403", "XQ404"]]
    told = [json.loads(line) for line in (by_hand.folder / "notices.jsonl").read_text().splitlines()]
    assert [one["state"] for one in told if one["about"] == f"night {third[0]}"] == [
        "needs a person",
        "recovered",
    ]


def test_no_night_before_the_first_is_run(by_hand, written, at_work):
    profile = by_hand.folder / "profile.toml"
    profile.write_text(profile.read_text() + "\n[schedule]\nfirst_night = 2026-11-24\n")
    by_hand.send("a.edi", written.paxlst([written.ylva]))
    refused = by_hand.run(NIGHT, check=2)
    assert f"night {NIGHT} is before the first night of this agency, 2026-11-24" in refused.stderr
    assert not (by_hand.store / "nights" / NIGHT / "runs").exists()
    told = by_hand("airflow", "backfill", "--from", NIGHT, "--to", "2026-11-25", check=2)
    assert "the first night of this agency is 2026-11-24" in told.stderr
    profile.write_text(profile.read_text().replace("first_night = 2026-11-24", "catch_up = true"))
    assert "`catch_up` needs `first_night`" in by_hand("profile", "check", check=2).stderr


class Runs:
    """Runs of the DAG that Airflow knows of, by state; asking may change them."""

    def __init__(self, *asked):
        self.asked = list(asked)

    def get_previous_dagrun(self, state):
        run = self.asked.pop(0).get(state)
        return run and SimpleNamespace(run_id=run)


@pytest.mark.parametrize(
    ("kind", "asked", "turn"),
    [
        ("scheduled", ({}, {}), True),
        ("backfill", ({"queued": "D1"},), False),
        ("backfill", ({"running": "D1"}, {"running": "D1"}), False),
        ("backfill", ({"queued": "D1"}, {"running": "D1"}), False),
        ("backfill", ({"failed": "D1"}, {"failed": "D1"}), True),
        ("manual", ({"queued": "D1"}, {"running": "D1"}), True),
    ],
)
def test_a_night_waits_while_a_run_of_an_earlier_one_is_queued_or_running(kind, asked, turn):
    from screening.orchestration import tasks

    context = {"dag_run": SimpleNamespace(run_type=kind), "ti": Runs(*asked)}
    assert tasks.has_its_turn(context) is turn


def test_an_airflow_that_is_there_keeps_its_bundles_and_gets_ours_once(root, tmp_path, monkeypatch):
    from screening.orchestration.embedded import dag_bundles

    theirs = {
        "name": "theirs",
        "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle",
        "kwargs": {},
    }
    setting = "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST"
    monkeypatch.setenv(setting, json.dumps([theirs]))
    once = dag_bundles()
    monkeypatch.setenv(setting, once)
    assert dag_bundles() == once
    kept, ours = json.loads(once)
    assert (kept, ours["name"], ours["kwargs"]) == (theirs, "screening", {"path": str(root / "dags")})
