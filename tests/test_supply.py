"""Claims about what is installed beside this repository: pinned by hash, licensed, and tested at both ends."""

import os
import re
import subprocess
import sys
import venv

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from coalition import ROOT
from tests.campaign import FULL, figure
from tests.versions import PROJECT, metadata, oldest

pytestmark = [pytest.mark.campaign, pytest.mark.long]

REQUIREMENTS = (ROOT / "requirements.txt").read_text(encoding="utf-8")
# The rest of the suite takes minutes; these open every door of build and site.
CORE = ["tests/test_build.py", "tests/test_sources.py", "tests/test_site.py", "tests/test_charts.py",
        "tests/test_caching.py", "tests/test_downloads.py", "tests/test_serving.py",
        "tests/test_policy.py", "tests/test_exports.py"]  # fmt: skip


def direct() -> list[Requirement]:
    return [Requirement(text) for text in metadata.requires(PROJECT)]


def test_every_pin_has_a_hash_and_no_address():
    pins = re.findall(r"^([A-Za-z0-9_.-]+)==(\S+) \\\n((?:    --hash=sha256:[0-9a-f]{64}.*\n)+)", REQUIREMENTS, re.M)
    assert len(pins) == len(re.findall(r"^[A-Za-z0-9_.-]+==", REQUIREMENTS, re.M)) > 50
    assert "://" not in REQUIREMENTS and "--find-links" not in REQUIREMENTS and "--index-url" not in REQUIREMENTS


def test_every_dependency_is_pinned_within_its_bounds():
    pins = dict(re.findall(r"^([A-Za-z0-9_.-]+)==([^\s\\]+)", REQUIREMENTS, re.M))
    pins = {canonicalize_name(name): version for name, version in pins.items()}
    for requirement in direct():
        if requirement.marker and "fast" in str(requirement.marker):
            continue
        assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)]), requirement


def test_every_dependency_has_a_lower_bound():
    assert len(oldest(metadata.requires(PROJECT))) == len(direct())
    assert oldest(["click>=8.1,<9", "ruff>=0.6; extra == 'test'"]) == ["click==8.1", "ruff==0.6"]


def test_the_licence_of_every_dependency_is_listed():
    table = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| (\S+) \| (.+) \|$", table, re.M))
    for requirement in direct():
        if not requirement.marker:
            licence = listed.get(canonicalize_name(requirement.name))
            assert licence, f"{requirement.name}: run python docs/make_licences.py"


def installed(folder, *arguments: str) -> str:
    """Make an environment with what pip is told; return its Python."""
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    subprocess.run(
        [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *arguments], check=True, cwd=ROOT
    )
    return python


@pytest.mark.skipif(not FULL, reason="installs everything once more")
def test_the_pinned_versions_can_be_installed_with_hashes(tmp_path):
    python = installed(tmp_path / "pinned", "--require-hashes", "-r", "requirements.txt")
    subprocess.run([python, "-c", "import datasette, vl_convert, pyarrow, frictionless"], check=True)


@pytest.mark.skipif(not FULL or sys.platform == "win32", reason="installs everything once more")
def test_the_oldest_versions_allowed_pass(tmp_path):
    constraints = tmp_path / "oldest.txt"
    constraints.write_text("\n".join(oldest(metadata.requires(PROJECT))), encoding="utf-8")
    python = installed(tmp_path / "oldest", "-e", ".[test,fast]", "-c", str(constraints))
    environment = {key: value for key, value in os.environ.items() if key != "CAMPAIGN"}
    core = [*CORE, "-m", "not browser and not campaign", "-p", "no:cacheprovider"]
    done = subprocess.run([python, "-m", "pytest", *core], cwd=ROOT, env=environment, capture_output=True, text=True)
    figure("oldest versions allowed", done.stdout.strip().splitlines()[-1], "")
    assert done.returncode == 0, done.stdout[-3000:]
