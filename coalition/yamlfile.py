"""Reading YAML so that a mistake is a sentence with a line number, and a key given twice is a mistake."""

from __future__ import annotations

from pathlib import Path

import yaml

from coalition.problems import Problem, problem

# The C loader reads the codebook some eight times faster; wheels for common platforms have it.
_Base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):
    pass


def _mapping(loader, node):
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
    for number, key in enumerate(keys):
        if not isinstance(key, str):
            raise yaml.constructor.ConstructorError(
                None, None, f"key {key!r} is not text; put it in quotes", node.value[number][0].start_mark
            )
        if key in keys[:number]:
            raise yaml.constructor.ConstructorError(
                None, None, f"key '{key}' is given twice", node.value[number][0].start_mark
            )
    loader.flatten_mapping(node)
    return {loader.construct_object(k, deep=True): loader.construct_object(v, deep=True) for k, v in node.value}


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
# A version or a date stays the text that was typed.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _Base.yaml_implicit_resolvers.items()
}


def read_yaml(path: Path, name: str) -> tuple[dict, list[Problem]]:
    """Return (mapping, problems); the mapping is empty when the file cannot be read as one."""
    try:
        content = yaml.load(path.read_bytes().decode("utf-8"), Loader=_Loader)
    except FileNotFoundError:
        return {}, [problem(name, "the file is missing")]
    except OSError as error:
        return {}, [problem(name, f"cannot be read: {error.strerror}")]
    except UnicodeDecodeError:
        return {}, [problem(name, "is not UTF-8 text")]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}: " if mark else ""
        return {}, [problem(name, f"{where}not valid YAML: {error.problem}")]
    except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
        return {}, [problem(name, f"not valid YAML: {' '.join(str(error).split())}")]
    if not isinstance(content, dict):
        return {}, [problem(name, "must hold a mapping of keys to values")]
    return content, []
