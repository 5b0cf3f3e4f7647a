"""What commands answer: asked on the sample warehouse, read as machines do."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Ask = Callable[..., Any]


def parsed(answer: Any) -> Any:
    """What a command printed as JSON; it has to have gone well."""
    assert (answer.code, answer.err) == (0, "")
    return json.loads(answer.out)
