"""A random change to the sources is refused with addressed sentences, or does no harm that can be shown."""

import csv
import multiprocessing
import re
import shutil
import sqlite3
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from build_db import cli
from coalition import ROOT
from coalition.compiling import typed
from tests.campaign import cases, figure
from tests.conftest import CODEBOOK
from tests.mutations import mutate

ADDRESS = re.compile(r"^(sources/[\w.-]+|metadata\.yml)\b")
RULES = yaml.safe_load((ROOT / "sources" / "rules.yml").read_text(encoding="utf-8"))
OLD = b"the database that was there"


def harm(project: Path) -> list[str]:
    """Return what is wrong with a database built from changed sources; read apart from the code that built it."""
    db = sqlite3.connect(f"file:{project / 'coalition.db'}?mode=ro", uri=True)
    found = [f"integrity: {row}" for row in db.execute("pragma integrity_check") if row != ("ok",)]
    found += [f"foreign key: {row}" for row in db.execute("pragma foreign_key_check")]
    for name, rule in RULES.items():
        found += [f"rule {name}: {row}" for row in db.execute(rule["sql"]).fetchall()]
    for table in CODEBOOK.sources:
        with (project / "sources" / f"{table.name}.csv").open(encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file)
        kinds = {column.name: column.type for column in table.columns}
        written = [tuple(typed(cell, kinds[name]) for name, cell in zip(head, row, strict=True)) for row in rows]
        names = ", ".join(f'"{name}"' for name in head)
        stored = db.execute(f"select {names} from {table.name}").fetchall()
        if Counter(written) != Counter(stored):
            found.append(f"{table.name}: the database does not hold what the file says")
    db.close()
    return found


def refusal(output: str) -> list[str]:
    """Return what is wrong with the words in which a build refused its sources."""
    *sentences, summary = output.strip().splitlines()
    found = [f"no address: {line[:200]}" for line in sentences if not ADDRESS.match(line)]
    found += [] if sentences else ["no sentence"]
    return found if re.fullmatch(r"\d+ problems?; nothing was written", summary) else [*found, f"ends: {summary}"]


def tried(folder: Path, seed: int) -> tuple[str, str, list[str]]:
    """Make one random change and build; return (what it was, refused or harmless, what is wrong)."""
    project = folder / str(seed)
    shutil.copytree(ROOT / "sources", project / "sources")
    shutil.copy(ROOT / "metadata.yml", project)
    what = mutate(seed, project)
    (project / "coalition.db").write_bytes(OLD)
    result = CliRunner().invoke(cli, ["build", "--root", str(project)])
    if not isinstance(result.exception, (SystemExit, type(None))):
        return what, "failed", [repr(result.exception)]
    if result.exit_code:
        found = refusal(result.output)
        found += [] if (project / "coalition.db").read_bytes() == OLD else ["the old database is gone"]
    else:
        found = harm(project)
    if {path.name for path in project.iterdir()} - {"metadata.yml"} != {"sources", "coalition.db"}:
        found.append("something was left behind")
    shutil.rmtree(project)
    return what, "refused" if result.exit_code else "harmless", found


@pytest.mark.long
@pytest.mark.campaign
def test_a_random_change_is_refused_or_harmless(tmp_path):
    seeds = range(cases(sample=24, full=2_000))
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        results = list(pool.map(partial(tried, tmp_path), seeds, chunksize=4))
    counted = Counter(verdict for _, verdict, _ in results)
    figure("mutations tried", f"{len(results):,}", ", ".join(f"{key} {count:,}" for key, count in counted.items()))
    wrong = [(what, found) for what, _, found in results if found]
    assert not wrong, f"{len(wrong)} of {len(results)}: {wrong[:20]}"
