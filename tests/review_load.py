"""Analysts at a web server that dies: no decision is lost, none is made twice.

    python tests/review_load.py HITS ANALYSTS KILLS        (not part of `make test`)

A small night is screened, its hits copied to HITS; ANALYSTS browsers take hits from the queue and decide them,
two of them often the same one, while the server is killed KILLS times (SIGKILL) and started again. At the end
each hit has one decision, each answer "done" is found on the disk, and the record of acts holds. It prints how
long pages took.
"""

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent
NIGHT = date(2026, 11, 23)
PORT = int(os.environ.get("REVIEW_LOAD_PORT", "8391"))
ORIGIN = f"http://127.0.0.1:{PORT}"
PASSWORD = "correct horse battery"
OURS = {"sec-fetch-site": "same-origin", "origin": ORIGIN}
APP = "from screening.cli.main import app; app()"


def command(folder: Path, *words: str, **more):
    return subprocess.run([sys.executable, "-c", APP, *words], cwd=folder, check=False, capture_output=True, text=True, **more)  # fmt: skip


def prepared(folder: Path, hits: int, analysts: int) -> None:
    """Screen a small night, copy its hits, make the accounts."""
    from screening.lab.generate.night import Size, generate
    from screening.review.accounts import add_account
    from screening.review.desk import desk_of
    from screening.store.published import read_current
    from screening.store.revisions import rewrite
    from screening.store.zones import Store
    from screening.tables import analyst
    from screening.tables.codes import RetentionClass

    ready = os.environ.get("REVIEW_LOAD_NIGHT")
    if ready:
        shutil.copytree(ready, folder, dirs_exist_ok=True, symlinks=True)
    else:
        generate(folder, NIGHT, Size(flights=8, travellers=240, alerts=150), seed=7)
        command(folder, "run", "--night", NIGHT.isoformat(), "--inbox", "inbox")
    store = Store(folder / "store")
    rows = [
        row for row in read_current(store, NIGHT, analyst.HITS).to_pylist() if row["category"] == "inform"
    ]
    evidence = read_current(store, NIGHT, analyst.EVIDENCE).to_pylist()

    def many(files):
        made, pieces = [], []
        for at in range(hits):
            model, hit_id = rows[at % len(rows)], f"{at:032x}"
            key = f"{at:064x}"
            made.append(model | {"hit_id": hit_id, "person_key": key, "traveller_id": key, "locator": None})
            pieces += [piece | {"hit_id": hit_id} for piece in evidence if piece["hit_id"] == model["hit_id"]]
        return {
            (analyst.HITS.name, RetentionClass.HIT): analyst.HITS.table(made),
            (analyst.EVIDENCE.name, RetentionClass.HIT): analyst.EVIDENCE.table(pieces),
        }

    rewrite(store, NIGHT, many)
    for at in range(analysts):
        add_account(desk_of(store), f"analyst{at}", ["analyst"], PASSWORD, datetime.now(UTC), cost=2**10)


class Server:
    """The application in a process that can be killed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.process = folder, None
        self.start()

    def start(self) -> None:
        words = [sys.executable, "-c", APP, "review", "serve", "--port", str(PORT)]
        self.process = subprocess.Popen(words, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        for _ in range(600):
            try:
                if httpx.get(f"{ORIGIN}/login", timeout=5).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise SystemExit("the server does not start")

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Analyst(threading.Thread):
    """A browser that decides until nothing is open."""

    def __init__(self, name: str, seed: int) -> None:
        super().__init__(daemon=True)
        self.name_, self.draw = name, random.Random(seed)
        self.done: list[str] = []
        self.answers: Counter[int] = Counter()
        self.pages: list[float] = []

    def run(self) -> None:
        with httpx.Client(base_url=ORIGIN, timeout=60) as client:
            token = None
            while True:
                try:
                    if token is None:
                        answer = client.post(
                            "/login", data={"name": self.name_, "password": PASSWORD}, headers=OURS
                        )
                        token = answer.headers.get("set-cookie", "").partition(";")[0]
                    if not self.step(client, {"cookie": token}):
                        return
                except httpx.HTTPError:  # killed just now
                    time.sleep(0.2)

    def get(self, client: httpx.Client, path: str, headers) -> str:
        begun = time.perf_counter()
        text = client.get(path, headers=headers).text
        self.pages.append(time.perf_counter() - begun)
        return text

    def step(self, client: httpx.Client, headers) -> bool:
        waiting = re.findall(r'class="go" href="/hits/([0-9a-f]+)"', self.get(client, "/queue", headers))
        if not waiting:
            return False
        hit = self.draw.choice(waiting[:20])  # often somebody else's
        text = self.get(client, f"/hits/{hit}", headers)
        if 'id="deciding"' not in text:
            return True
        fields = re.findall(
            r'<input type="hidden" name="(\w+)" value="([^"]*)"', text[text.index('id="deciding"') :]
        )
        form = {name: unescape(value) for name, value in fields} | {
            "decision": "false_match",
            "reason": "seen",
        }
        if form["stood"]:
            return True  # decided by now: nobody decides it again
        answer = client.post(f"/hits/{hit}/decide", data=form, headers=headers | OURS)
        self.answers[answer.status_code] += 1
        if answer.status_code == 303 and "/login" not in answer.headers["location"]:
            self.done.append(hit)
        return True


def main() -> int:
    parse = argparse.ArgumentParser()
    for name in ("hits", "analysts", "kills"):
        parse.add_argument(name, type=int)
    asked = parse.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="screening-review-"))
    os.environ |= {"SCREENING_STORE": str(folder / "store"), "SCREENING_PROFILE": str(folder / "profile.toml"), "PYTHONPATH": str(ROOT)}  # fmt: skip
    prepared(folder, asked.hits, asked.analysts)
    server, begun = Server(folder), time.perf_counter()
    analysts = [Analyst(f"analyst{at}", at) for at in range(asked.analysts)]
    for one in analysts:
        one.start()
    for at in range(asked.kills):
        while sum(len(one.done) for one in analysts) < (at + 1) * asked.hits / (asked.kills + 1):
            time.sleep(0.05)
        server.kill()
        server.start()
    for one in analysts:
        one.join()
    seconds = time.perf_counter() - begun
    server.kill()

    from screening.protection.audit import verify
    from screening.store import acts
    from screening.store.zones import Store

    made = Counter(acts.dispositions(Store(folder / "store"))["hit_id"].to_pylist())
    told = Counter(hit for one in analysts for hit in one.done)
    pages = sorted(took for one in analysts for took in one.pages)
    chain = verify(Store(folder / "store"))
    answers = sum((one.answers for one in analysts), Counter())
    report = {
        "hits": asked.hits, "decided": len(made), "twice": sum(n > 1 for n in made.values()),
        "told twice": sum(n > 1 for n in told.values()), "told and lost": len(set(told) - set(made)),
        "killed before the answer": len(set(made) - set(told)), "answers": dict(answers),
        "record holds": chain.holds, "seconds": round(seconds, 1), "pages": len(pages),
        "page median ms": round(1000 * pages[len(pages) // 2]), "page 95 % ms": round(1000 * pages[len(pages) * 95 // 100]),
    }  # fmt: skip
    sys.stdout.write(json.dumps(report, indent=1) + "\n")
    sound = len(made) == asked.hits and not (report["twice"] or report["told and lost"])
    shutil.rmtree(folder)
    return 0 if sound and chain.holds else 1


if __name__ == "__main__":
    sys.exit(main())
