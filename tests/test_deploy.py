"""The files of deploy/: names that are read, settings that Airflow has, the same ones everywhere."""

import configparser
import functools
import importlib.util
import subprocess
from pathlib import Path

import pytest
import yaml

import screening
from screening.profile.environment import VARIABLES

DEPLOY = Path(__file__).parent.parent / "deploy"
ENV = {name: DEPLOY / "env" / f"{name}.env" for name in ("screening", "airflow")}


def settings(path: Path) -> dict[str, str]:
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    assert all("=" in line for line in lines)
    return dict(line.split("=", 1) for line in lines)


@pytest.mark.parametrize(
    "path", [*ENV.values(), DEPLOY / "env" / "secrets.env.example"], ids=lambda path: path.stem
)
def test_systemd_compose_and_a_shell_read_the_same(path):
    found = settings(path)
    told = subprocess.run(
        ["env", "-i", "bash", "-c", f"set -a; . {path}; env -0"], capture_output=True, text=True, check=True
    )
    shell = dict(line.split("=", 1) for line in told.stdout.split("\0") if line)
    assert found == {name: shell[name] for name in found}
    assert not any(set(value) & set("\"' $`") for value in found.values())


def test_our_variables_are_read():
    assert set(settings(ENV["screening"])) <= set(VARIABLES)


@functools.cache
def airflow_options():
    found = importlib.util.find_spec("airflow")  # not imported: that takes seconds
    described = yaml.safe_load(
        (Path(found.submodule_search_locations[0]) / "config_templates" / "config.yml").read_text()
    )
    options = {(section, option) for section, held in described.items() for option in held["options"]}
    # of the provider, which the lock of the tests does not hold: the names that docs/distributed.md has tried
    return options | {
        ("celery", name)
        for name in ("worker_concurrency", "worker_prefetch_multiplier", "broker_url", "result_backend")
    }


@pytest.mark.parametrize(
    "path", [ENV["airflow"], DEPLOY / "env" / "secrets.env.example"], ids=lambda path: path.stem
)
def test_airflow_has_every_option(path):
    named = [name for name in settings(path) if name.startswith("AIRFLOW__")]
    assert named
    for name in named:
        _, section, option = name.split("__", 2)
        assert (section.lower(), option.lower()) in airflow_options(), name


def test_the_chart_has_the_settings_of_the_other_machines():
    values = yaml.safe_load((DEPLOY / "container" / "values.yaml").read_text())
    assert values["images"]["airflow"]["tag"] == screening.__version__
    env = settings(ENV["airflow"])
    for section, options in values["config"].items():
        for option, value in options.items():
            if option != "dags_folder":
                assert env[f"AIRFLOW__{section.upper()}__{option.upper()}"] == str(value)
    assert {one["name"]: one["value"] for one in values["env"]} == settings(ENV["screening"])


def test_compose_starts_every_part():
    services = yaml.safe_load((DEPLOY / "container" / "compose.yaml").read_text())["services"]
    one_machine = configparser.RawConfigParser()
    one_machine.read(DEPLOY / "one-machine" / "supervisord.conf")
    started = {
        one_machine[name]["command"].split("airflow ")[1].split(" --")[0]
        for name in one_machine.sections()
        if "airflow " in one_machine[name].get("command", "")
    }
    assert started == {
        " ".join(one["command"])
        for one in services.values()
        if one.get("command", [""])[0] not in ("db", "redis-server", "")
    }


def test_units_start_what_is_there():
    units = {path.name: path.read_text() for path in (DEPLOY / "systemd").iterdir()}
    for name in ("screening-airflow@.service", "screening-worker@.service"):
        assert "Restart=always" in units[name]
        assert [
            line.split("/")[-1] for line in units[name].splitlines() if line.startswith("EnvironmentFile=")
        ] == ["screening.env", "airflow.env", "secrets.env"]
    assert "appendonly yes" in (DEPLOY / "redis.conf").read_text().splitlines()
