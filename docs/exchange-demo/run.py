"""Two agencies exchange alerts both ways, withdraw one, and refuse what is forged: `make exchange-demo`.

Agency A writes German words and dates with the day first, agency B English ones and ISO dates; each has its
profile, its table of the other's words, its keys and its store, in a folder of its own. A third, C, gets from
B what A allows to be handed on. Everybody is invented. Each step prints the command that a person types, and
what it answers. The script ends with 1 where a command does not end as it has to.
"""

import io
import os
import re
import shlex
import shutil
import sys
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from screening.cli.main import tree
from screening.cli.output import fail
from screening.tables.errors import ScreeningError

HERE = Path(__file__).parent
POST = "../post"
OFFICER = {"aa": "anna", "bb": "ben", "cc": "cleo"}
AGENCY = {"aa": "aa-border", "bb": "bb-border", "cc": "cc-border"}


def write(text: str = "") -> None:
    """Print a line."""
    sys.stdout.write(text + "\n")


class Demo:
    """Three agencies, each in its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.step = 0
        self.unexpected = 0
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True, mode=0o700)
        for name in AGENCY:
            shutil.copytree(HERE / name, folder / name)
        self.post = folder / "post"
        self.post.mkdir()

    def title(self, text: str) -> None:
        """Print a heading."""
        self.step += 1
        write(f"\n── {self.step}. {text}")

    def run(self, agency: str, line: str, *, ends: int = 0, quiet: bool = False) -> str:
        """Run a command of an agency; return what it printed."""
        home = self.folder / agency
        os.environ.update(
            SCREENING_STORE=str(home / "store"),
            SCREENING_PROFILE=str(home / "profile.toml"),
            SCREENING_KEYS=str(home / "keys"),
            SCREENING_ACTOR=OFFICER[agency],
        )
        out, code, before = io.StringIO(), 0, Path.cwd()
        os.chdir(home)
        try:
            with redirect_stdout(out), redirect_stderr(out):
                code = tree(shlex.split(line), standalone_mode=False) or 0
        except ScreeningError as error:
            with redirect_stderr(out):
                fail(error)
            code = error.exit_code
        except SystemExit as end:
            code = int(end.code or 0)
        finally:
            os.chdir(before)
        return self._told(agency, line, out.getvalue(), code, ends, quiet)

    def _told(self, agency: str, line: str, text: str, code: int, ends: int, quiet: bool) -> str:
        if not quiet:
            write(f"{agency}$ screening {line}")
            for each in text.rstrip().splitlines():
                write(f"    {each}".rstrip())
        if code != ends:
            self.unexpected += 1
            write(f"    !! ended with {code}, expected {ends}\n{text if quiet else ''}")
        return text

    def enter_keys(self) -> None:
        """Put the partners' public keys into each profile, as a person does with a text editor."""
        public = {}
        for name, agency in AGENCY.items():
            self.run(name, "keys new", quiet=True)  # for pseudonyms
            text = self.run(name, "keys signing new")
            public[agency] = re.search(r"public +(\S+)", text)[1]
        for name in AGENCY:
            path = self.folder / name / "profile.toml"
            text = path.read_text()
            for agency, key in public.items():
                text = text.replace(f"{agency[0].upper() * 42}A", key)
            path.write_text(text)

    def repacked(self, source: str, target: str, change: dict[str, bytes], extra: str | None = None) -> None:
        """Write a package again with other members, as somebody on the way could."""
        with zipfile.ZipFile(self.post / source) as old, zipfile.ZipFile(self.post / target, "w") as new:
            for member in old.infolist():
                data = old.read(member)
                new.writestr(member.filename, change.get(member.filename, data), zipfile.ZIP_DEFLATED)
            if extra is not None:
                new.writestr(extra, b"* * * * * root true\n")

    def disguised(self, forged: str, target: str, real: str) -> None:
        """Write a forged package under the name of the real issuer's key."""
        with zipfile.ZipFile(self.post / real) as archive:
            header = archive.read("manifest.jws").split(b".")[0]
        with zipfile.ZipFile(self.post / forged) as archive:
            rest = archive.read("manifest.jws").split(b".")[1:]
        self.repacked(forged, target, {"manifest.jws": b".".join([header, *rest])})


def both_ways(demo: Demo) -> None:
    """Keys are handed out, lists imported, exchanged in both directions and acknowledged."""
    demo.title("Each makes a key and hands out the public half; each enters the others' into its profile")
    demo.enter_keys()

    demo.title("Each imports its own list, in its own words")
    demo.run("aa", "alerts import own fahndung-1.csv --list fahndung")
    demo.run("bb", "alerts import own watch.csv --list watch")

    demo.title("A hands its list to B: what its caveat keeps at home stays (A-3, `nur intern`)")
    demo.run("aa", f"alerts package --list fahndung --to bb-border --out {POST}/a1.zip")

    demo.title("B checks and takes it in; its table has no row for `missing_person`: that alert waits")
    demo.run("bb", f"alerts conformance {POST}/a1.zip", quiet=True)
    demo.run("bb", f"alerts accept {POST}/a1.zip", ends=1)

    demo.title("A person at B adds the row, and takes the same package in again")
    with (demo.folder / "bb" / "aa.terms.csv").open("a") as table:
        table.write("category,missing_person,missing_person,exact\n")
    demo.run("bb", f"alerts accept {POST}/a1.zip")

    demo.title("B acknowledges, A takes the receipt in")
    demo.run("bb", f"alerts acknowledge --list from-aa --out {POST}/b-receipt-1.jws")
    demo.run("aa", f"alerts accept {POST}/b-receipt-1.jws")

    demo.title("The other way: B gives identities only, and keeps one at home")
    demo.run("bb", f"alerts package --list watch --to aa-border --out {POST}/b1.zip")
    demo.run("aa", f"alerts accept {POST}/b1.zip")
    demo.run("aa", "alerts export --list bb-watch --out bb-watch.jsonl", quiet=True)
    hidden = (demo.folder / "aa" / "bb-watch.jsonl").read_text()
    write(f"    legal basis of B-17 known at A: {'warrant 17' in hidden}")
    demo.run("aa", f"alerts acknowledge --list bb-watch --out {POST}/a-receipt-1.jws")
    demo.run("bb", f"alerts accept {POST}/a-receipt-1.jws", quiet=True)


def withdrawn(demo: Demo) -> None:
    """A withdrawal travels; an alert is not acted on; some go on to a third."""
    demo.title("A withdraws A-5; the withdrawal travels, is done at B, and acknowledged")
    demo.run("aa", "alerts import own fahndung-2.csv --list fahndung", quiet=True)
    demo.run("aa", f"alerts package --list fahndung --to bb-border --out {POST}/a2.zip")
    demo.run("aa", f"alerts package --list fahndung --to bb-border --out {POST}/a2-again.zip", quiet=True)
    same = (demo.post / "a2.zip").read_bytes() == (demo.post / "a2-again.zip").read_bytes()
    write(f"    the same command again writes the same bytes: {same}")
    demo.unexpected += not same
    demo.run("bb", f"alerts accept {POST}/a2.zip")

    demo.title("B does not act on A-2, says why, and tells A with the receipt")
    demo.run("bb", "alerts flag A-2 --list from-aa --reason 'no basis in our law'")
    demo.run("bb", f"alerts acknowledge --list from-aa --out {POST}/b-receipt-2.jws")
    demo.run("aa", f"alerts accept {POST}/b-receipt-2.jws")
    demo.run("aa", "alerts exchange")

    demo.title("B hands A's alerts on to C: only those whose caveat A has opened for others")
    demo.run("bb", f"alerts package --list from-aa --to cc-border --out {POST}/c1.zip")
    demo.run("cc", f"alerts accept {POST}/c1.zip")

    demo.title("C may not have A's list; it asks, and gets hit or no hit (A-3, `nur intern`, is none for C)")
    demo.run("aa", f"alerts package --list fahndung --to cc-border --out {POST}/none.zip", ends=2)
    ask = f"alerts ask questions.jsonl --to aa-border --list fahndung --reason 'case 17' --out {POST}/q.jws"
    demo.run("cc", ask)
    demo.run("aa", f"alerts answer {POST}/q.jws --out {POST}/a.jws")
    demo.run("cc", f"alerts accept {POST}/a.jws")
    demo.run("cc", ask, quiet=True)
    demo.run("aa", f"alerts answer {POST}/q.jws --out {POST}/a.jws", ends=3)


def refused(demo: Demo) -> None:
    """Packages that were changed, forged, sent twice, too early or to somebody else."""
    demo.title("What is refused at B")
    demo.run("aa", f"alerts package --list fahndung --to bb-border --anew --out {POST}/a3.zip", quiet=True)
    demo.run("aa", f"alerts package --list fahndung --to bb-border --anew --out {POST}/a4.zip", quiet=True)
    lines = zipfile.ZipFile(demo.post / "a3.zip").read("alerts.jsonl")
    demo.repacked("a3.zip", "tampered.zip", {"alerts.jsonl": lines.replace(b"Orlenko", b"Orlenka")})
    demo.repacked("a3.zip", "climbing.zip", {}, extra="../../etc/cron.d/x")
    shutil.copytree(demo.folder / "aa", demo.folder / "forger", dirs_exist_ok=True)
    shutil.rmtree(demo.folder / "forger" / "keys")
    OFFICER["forger"] = "mallory"
    demo.run("forger", "keys signing new", quiet=True)
    forged = f"alerts package --list fahndung --to bb-border --anew --out {POST}/forged.zip"
    demo.run("forger", forged, quiet=True)
    demo.disguised("forged.zip", "disguised.zip", "a3.zip")
    for name in ("tampered", "forged", "disguised", "climbing", "a1", "a4"):
        demo.run("bb", f"alerts accept {POST}/{name}.zip", ends=3)
    demo.run("aa", f"alerts accept {POST}/c1.zip", ends=3)  # meant for C
    write("    (a3 is whole and in order:)")
    demo.run("bb", f"alerts accept {POST}/a3.zip", quiet=True)
    demo.run("bb", f"alerts accept {POST}/a4.zip", quiet=True)


def main() -> int:
    """Run the demonstration; return its exit code."""
    demo = Demo(Path(sys.argv[1] if len(sys.argv) > 1 else "var/exchange-demo").resolve())
    both_ways(demo)
    withdrawn(demo)
    refused(demo)

    demo.title("Others read it without our code: FollowTheMoney")
    demo.run("aa", "alerts export --list fahndung --out fahndung.ftm.json")
    write(f"    {(demo.folder / 'aa' / 'fahndung.ftm.json').read_text().splitlines()[0][:150]} …")

    demo.title("The record of both holds")
    demo.run("aa", "audit verify")
    demo.run("bb", "audit verify")
    write(f"\nDone. {'All as expected.' if not demo.unexpected else f'{demo.unexpected} NOT as expected.'}")
    return 1 if demo.unexpected else 0


if __name__ == "__main__":
    sys.exit(main())
