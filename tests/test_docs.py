"""Claims about the documents: commands run, numbers are current, nothing private is in them."""

import re
import subprocess

import pytest
import yaml
from click.testing import CliRunner

from build_db import cli
from coalition import ROOT
from coalition.readme import table_of_tables
from tests.conftest import CODEBOOK

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_readme_counts_are_current():
    assert table_of_tables(CODEBOOK, ROOT / "sources") in README, "run: python build_db.py tidy"


def test_readme_shows_exactly_two_commands():
    assert re.findall(r"```sh\n(.*?)\n```", README, re.S) == [
        "pip install -e . && python build_db.py serve",
        "pip install -e '.[test]' && pytest",
    ]


@pytest.mark.parametrize("command", cli.commands)
def test_every_command_has_help_with_an_example_that_exists(command):
    result = CliRunner().invoke(cli, [command, "--help"])
    assert result.exit_code == 0
    assert f"python build_db.py {command}" in result.output


@pytest.mark.parametrize("path", re.findall(r"\]\(([A-Za-z][^):#]*)\)", README))
def test_readme_links_to_files_that_exist(path):
    assert (ROOT / path).exists()


def test_versions_agree():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    changelog = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)[1]
    project = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M)[1]
    assert citation["version"] == changelog == project == CODEBOOK.version


def test_no_file_in_git_is_a_database_or_a_lock_file():
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    assert not [f for f in files if f.endswith((".db", "uv.lock", "pylock.toml", "package-lock.json"))]


async def test_the_audit_is_a_page_with_every_draw(served):
    page = (await served.client.get("/audit")).text
    told = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")
    assert page.count("<tr>") == len(re.findall(r"^\| (?!--)", told, re.M))
    assert page.count("<table>") == page.count('role="region"') == 2 and "style=" not in page
