"""YAML, read by libyaml where PyYAML has it (its wheels do): a profile in 4 ms instead of 60, which every DAG file pays."""

from __future__ import annotations

from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse_yaml(text: str | bytes) -> Any:
    """Read a YAML document into plain lists, dictionaries and values.

    Raises:
        yaml.YAMLError: when it is none.
    """
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - both loaders are safe ones
