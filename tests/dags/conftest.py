"""Airflow's own API for tests: what it is asked for a note on a run."""

import json
import os
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import pytest

USER, PASSWORD, TOKEN = "notes", "a-password-of-the-notes", "a-token"


@dataclass
class AirflowApi:
    """What it answers, and the notes that were written: (DAG, run, note)."""

    status: int = 200
    notes: list[tuple[str, str, str]] = field(default_factory=list)


@pytest.fixture(scope="module")
def airflow_api():
    """A stand-in for the API, known by the connection of the environment."""
    api = AirflowApi()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            known = (
                self._body() == {"username": USER, "password": PASSWORD} and self.path == "/base/auth/token"
            )
            self._answer(201 if known else 401, {"access_token": TOKEN})

        def do_PATCH(self):
            assert self.headers["Authorization"] == f"Bearer {TOKEN}"
            *_, dag, _, run = self.path.split("/")
            assert self.path == f"/base/api/v2/dags/{dag}/dagRuns/{run}"
            body = self._body()
            if api.status == 200:
                api.notes.append((unquote(dag), unquote(run), body["note"]))
            self._answer(api.status, {})

        def _body(self):
            return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

        def _answer(self, status, document):
            data = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    connection = {
        "conn_type": "http",
        "host": "127.0.0.1",
        "port": server.server_port,
        "schema": "base",
        "login": USER,
        "password": PASSWORD,
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "AIRFLOW_CONN_SCREENING_AIRFLOW", json.dumps(connection))
        yield api
    server.shutdown()
    server.server_close()
