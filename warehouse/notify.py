"""Telling somebody how a run went: a summary as JSON, posted to a web address or given to a command.

This module may use the network, and does only where an operator names an address.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Mapping
from typing import Any

from loaders.errors import GoujiError

_SECONDS = 30.0
_TRIES = 3


class NotifyError(GoujiError):
    """Nobody could be told; the message says why."""


def notify(target: str, summary: Mapping[str, Any]) -> None:
    """Post `summary` to `target` if it is a web address, otherwise run it as a command that reads it from its input.

    The command has the outcome in GOUJI_OUTCOME too. Raises NotifyError.
    """
    text = json.dumps(summary, ensure_ascii=False, default=str)
    if target.startswith(("http://", "https://")):
        _post(target, text)
    else:
        _run(target, text, str(summary.get("outcome", "")))


def _post(address: str, text: str) -> None:
    import httpx

    transport = httpx.HTTPTransport(retries=_TRIES - 1)
    try:
        with httpx.Client(transport=transport, timeout=_SECONDS) as client:
            answer = client.post(address, content=text.encode(), headers={"Content-Type": "application/json"})
            answer.raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotifyError(f"通知没有送到 {address}：{error}") from error


def _run(command: str, text: str, outcome: str) -> None:
    try:
        arguments = shlex.split(command)
        done = subprocess.run(
            arguments,
            input=text,
            text=True,
            encoding="utf-8",
            timeout=_SECONDS,
            check=False,
            capture_output=True,
            env=os.environ | {"GOUJI_OUTCOME": outcome},
        )
    except (OSError, ValueError, IndexError, subprocess.TimeoutExpired) as error:
        raise NotifyError(f"通知命令没有运行成功（{command}）：{error}") from error
    if done.returncode:
        raise NotifyError(f"通知命令退出码为 {done.returncode}（{command}）：{done.stderr.strip()[:200]}")
