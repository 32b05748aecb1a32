"""Claims about growth: ten times the dataset builds as always, and no page of it is cut off or slow."""

import os
import re
import subprocess
import sys

import pytest

from coalition import ROOT
from coalition.codebook import read_codebook

sys.path.insert(0, str(ROOT / "benchmarks"))
import growth

pytestmark = pytest.mark.long

CODEBOOK = read_codebook(ROOT / "sources")[0]


def test_copies_have_keys_of_their_own_and_point_to_each_other():
    rows = [["e1", "s1", "supports", ""], ["e1", "s2", "supports", ""]]
    grown = growth.multiplied(CODEBOOK.table("exercise_sources"), rows, 3)
    assert len(grown) == 6 and len({tuple(row) for row in grown}) == 6
    assert [row[:2] for row in grown[2:4]] == [["e1-x2", "s1-x2"], ["e1-x2", "s2-x2"]]


@pytest.mark.parametrize("table", ["actors", "memberships", "claims", "themes"])
def test_states_and_the_essay_do_not_grow(table):
    assert not growth.is_copied(CODEBOOK.table(table))


def test_a_page_that_was_cut_off_is_not_told_as_quick():
    quick, cut = growth.Figure(False, 400, 400, ""), growth.Figure(True, 20, 20, "cut off by a limit")
    assert max(quick, cut) == cut and "cut off" in str(cut)
    assert growth.missed({"pages": {"a": quick, "b": cut}}) == ["b: 20 / 20 (cut off by a limit)"]


@pytest.mark.skipif(not os.environ.get("CI"), reason="takes a minute; CI does it")
def test_ten_times_the_dataset_is_built_and_every_page_is_whole():
    command = [sys.executable, str(ROOT / "benchmarks" / "growth.py"), "--times", "10"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    table = dict(re.findall(r"^\| (.+?) \| (.+?) \|$", done.stdout, re.M))
    assert set(growth.PAGES) <= set(table)
    assert not re.findall(r"^.*(?:cut off|status \d).*$", done.stdout, re.M)
