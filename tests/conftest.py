"""What tests share: a copy of the project to spoil, the built database and a Datasette over it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from build_db import cli
from coalition import ROOT
from coalition.building import build
from coalition.codebook import read_codebook
from coalition.serving import site

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


@pytest.fixture
def project(tmp_path) -> Path:
    """A copy of the sources and metadata.yml that a test may spoil."""
    shutil.copytree(ROOT / "sources", tmp_path / "sources")
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
