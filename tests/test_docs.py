"""Claims about the documents: commands run, numbers are current, nothing private is in them."""

import csv
import re
import subprocess

import pytest
import yaml
from click.testing import CliRunner

from build_db import cli
from coalition import ROOT
from tests.conftest import CODEBOOK

README = (ROOT / "README.md").read_text(encoding="utf-8")
SHOWN = ["partnerships", "exercises", "statements", "sanctions_defiance", "sources", "claims", "claim_evidence",
         "actors", "memberships", "readings"]  # fmt: skip


def row_count(name: str) -> int:
    with (ROOT / "sources" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def table_of_tables() -> str:
    lines = ["| Table | One row is | Rows |", "|---|---|---|"]
    for name in SHOWN:
        # The first sentence; an initial such as "T. R." does not end one.
        sentence = re.split(r"(?<![A-Z])\. ", CODEBOOK.table(name).description)[0]
        meaning = sentence.removeprefix("One row per ").rstrip(".")
        lines.append(f"| `{name}` | {meaning} | {row_count(name):,} |")
    return "\n".join(lines)


def test_readme_counts_are_current():
    assert table_of_tables() in README, f"put this into README.md:\n{table_of_tables()}"


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
    assert citation["version"] == changelog == CODEBOOK.version


def test_no_file_in_git_is_a_database_or_a_lock_file():
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.split("\n")
    assert not [f for f in files if f.endswith((".db", "uv.lock", "pylock.toml", "package-lock.json"))]
