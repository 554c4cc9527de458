"""Object storage for tests: moto's S3 in this process, with faults that are asked for, and requests counted.

with Storage() as storage:
    root = storage.store("name")                      s3://agency/name, with the client's environment set
    storage.fail("lost", "PUT", r"CURRENT\\.json$")    the next such request succeeds, its answer does not come
"""

import logging
import os
import random
import re
import socket
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from screening.store import objects
from screening.store.object_path import ObjectPath, store_path

BUCKET = "agency"
_Start = Callable[..., Any]


@dataclass
class _Fault:
    how: str
    method: str
    key: re.Pattern[str]
    left: int

    def met(self, method: str, asked: str) -> bool:
        return method == self.method and self.key.search(asked) is not None


class Storage:
    """The service; `counts` holds requests by kind.

    Faults: `503` before anything is done, `lost` after it was done (the connection is closed), `refused` (the
    connection is closed before), `slow`, and `cut` (half of the bytes).
    """

    def __init__(self, slow: float = 0.1) -> None:
        from moto.server import create_backend_app
        from werkzeug.serving import WSGIRequestHandler, make_server

        class Lasting(WSGIRequestHandler):
            protocol_version = "HTTP/1.1"  # a connection carries many requests

        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._app = create_backend_app("s3")  # no other service is looked for at each request
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True, request_handler=Lasting)
        self._slow = slow
        self._faults: list[_Fault] = []
        self.weather: tuple[random.Random, float] | None = None
        """Chance draws and share of requests that go wrong unasked; each in a way that may pass."""
        self.counts: Counter[str] = Counter()
        self.asked: list[str] = []
        self.environment = {
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._server.server_port}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1",
        }

    def __enter__(self) -> "Storage":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        address = f"{self.environment['AWS_ENDPOINT_URL']}/{BUCKET}"
        urllib.request.urlopen(urllib.request.Request(address, method="PUT")).close()
        self._before = {name: os.environ.get(name) for name in self.environment}
        os.environ.update(self.environment)
        objects._client.cache_clear()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        for name, value in self._before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        objects._client.cache_clear()

    def store(self, name: str) -> ObjectPath:
        root = store_path(f"s3://{BUCKET}/{name}")
        assert isinstance(root, ObjectPath)
        return root

    def fail(self, how: str, method: str, key: str, times: int = 1) -> None:
        """Let the next requests of a kind go wrong."""
        self._faults.append(_Fault(how, method, re.compile(key), times))

    def whole(self) -> bool:
        """Were all faults met? What was not is forgotten."""
        met = not any(fault.left for fault in self._faults)
        self._faults.clear()
        return met

    def _answer(self, environ: dict[str, Any], start: _Start) -> Iterable[bytes]:
        method, key, query = environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["QUERY_STRING"]
        kind = "LIST" if "list-type" in query else "COPY" if "HTTP_X_AMZ_COPY_SOURCE" in environ else method
        self.counts[kind] += 1
        self.asked.append(
            f"{kind} {key.removeprefix(f'/{BUCKET}/')} {query if kind == 'LIST' else ''}".strip()
        )
        asked = f"{key}?{unquote(query)}"
        fault = next((one for one in self._faults if one.left and one.met(kind, asked)), None)
        how = self._unasked(kind) if fault is None else fault.how
        if how is None:
            return self._app(environ, start)
        if fault is not None:
            fault.left -= 1
        if how == "503":
            start("503 Slow Down", [("Content-Length", "0")])
            return []
        if how == "slow":
            time.sleep(self._slow)
            return self._app(environ, start)
        if how == "refused":
            return self._hung_up(environ, start)
        if how == "lost":
            for _ in self._app(environ, lambda *_: None):
                pass
            return self._hung_up(environ, start)
        assert how == "cut"
        return self._cut(environ, start)

    def _unasked(self, kind: str) -> str | None:
        if self.weather is None:
            return None
        draw, share = self.weather
        ways = ["503", "lost", "refused", *(["cut"] if kind in {"GET", "LIST"} else [])]
        return draw.choice(ways) if draw.random() < share else None

    def _cut(self, environ: dict[str, Any], start: _Start) -> Iterator[bytes]:
        data = b"".join(self._app(environ, start))
        yield data[: len(data) // 2]
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)

    def _hung_up(self, environ: dict[str, Any], start: _Start) -> list[bytes]:
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        start("500 Nobody Reads This", [("Content-Length", "0")])
        return []
