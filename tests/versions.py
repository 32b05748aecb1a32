"""The oldest versions that pyproject.toml allows, as constraints for pip.

Example: python tests/versions.py > oldest.txt && pip install -e '.[test]' -c oldest.txt
"""

from __future__ import annotations

from importlib import metadata

from packaging.requirements import Requirement

PROJECT = "china-coalition"


def oldest(requirements: list[str]) -> list[str]:
    """Return `name==version` for the lower bound of each requirement.

    >>> oldest(["click>=8.1,<9", "ruff>=0.6; extra == 'test'"])
    ['click==8.1', 'ruff==0.6']
    """
    found = []
    for text in requirements:
        requirement = Requirement(text)
        bounds = [bound.version for bound in requirement.specifier if bound.operator == ">="]
        found += [f"{requirement.name}=={version}" for version in bounds]
    return found


if __name__ == "__main__":
    print("\n".join(oldest(metadata.requires(PROJECT) or [])))
