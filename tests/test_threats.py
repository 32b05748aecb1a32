"""Claims about docs/threats.md: each test that it names is there."""

import re

import pytest

from coalition import ROOT

TEXT = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
TESTS = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests").glob("test_*.py")))


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(test_\w+)`", TEXT))))
def test_a_test_that_is_named_exists(name):
    assert f"def {name}(" in TESTS


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(test_\w+\.py)`", TEXT))))
def test_a_file_of_tests_that_is_named_exists(name):
    assert (ROOT / "tests" / name).exists()
