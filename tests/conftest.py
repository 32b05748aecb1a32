"""What tests share: a copy of the project to spoil, the built database and a Datasette over it."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from pathlib import Path

import pytest
import uvicorn
from click.testing import CliRunner

from build_db import cli
from coalition import ROOT
from coalition.building import build
from coalition.codebook import read_codebook
from coalition.serving import site
from tests.campaign import FIGURES
from tests.part import write_part

CODEBOOK = read_codebook(ROOT / "sources")[0]


@pytest.fixture(scope="session")
def codebook():
    return CODEBOOK


@pytest.fixture(scope="session")
def database(tmp_path_factory) -> Path:
    """The whole dataset, compiled once."""
    path = tmp_path_factory.mktemp("built") / "coalition.db"
    build(ROOT, path)
    return path


@pytest.fixture(scope="session")
async def served(database):
    """A Datasette over the whole dataset."""
    datasette = site(ROOT, database)
    await datasette.invoke_startup()
    return datasette


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture(scope="session")
def address(database):
    """The address of a real server over the whole dataset."""
    config = uvicorn.Config(site(ROOT, database).app(), port=free_port(), log_level="error", lifespan="on")
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{config.port}"
    running.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
                  "--disable-sync", "--no-first-run"],
        )  # fmt: skip
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def part(tmp_path_factory) -> Path:
    """The sources of a part of the dataset."""
    folder = tmp_path_factory.mktemp("part") / "sources"
    write_part(ROOT / "sources", folder)
    return folder


@pytest.fixture
def project(part, tmp_path) -> Path:
    """A copy of a part of the sources and of metadata.yml that a test may spoil."""
    shutil.copytree(part, tmp_path / "sources")
    shutil.copy(ROOT / "metadata.yml", tmp_path)
    return tmp_path


@pytest.fixture
def run(project):
    """Run build_db.py on the copy; return (exit code, what it printed)."""

    def runner(*args: str) -> tuple[int, str]:
        result = CliRunner().invoke(cli, [args[0], "--root", str(project), *args[1:]])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output

    return runner


def pytest_collection_modifyitems(items):
    """Skip browser tests where there is no Chromium, except in CI, where they must run."""
    if shutil.which("chromium") or os.environ.get("CI"):
        return
    for item in items:
        if "browser" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="no chromium on this machine"))


def pytest_terminal_summary(terminalreporter):
    """Print what the campaign measured as the table that docs/threats.md holds."""
    for name, value, more in FIGURES:
        terminalreporter.write_line(f"| {name} | {value} | {more} |")
