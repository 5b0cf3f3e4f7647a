"""The pages of `docs/` that the program writes about itself: the command line and the data dictionary.

Takes the typer app and the project's files; gives Markdown in Chinese, the same on every machine and terminal.
`python -m warehouse.docs` writes the pages, `--check` only says which of them are out of date.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from loaders.errors import GoujiError
from warehouse import dictionary
from warehouse.cli.common import app
from warehouse.paths import project_root
from warehouse.transform import load_project

_COMMAND = "python -m warehouse.docs"


def pages(root: Path) -> dict[Path, str]:
    """Every generated page of the project at `root`: its file and its text."""
    return {
        root / "docs" / "cli.md": cli_reference(),
        root / "docs" / "data-dictionary.md": dictionary.current(load_project(root)),
    }


def stale(generated: Mapping[Path, str]) -> list[Path]:
    """The files that are absent or hold another text than the generated one."""
    return [file for file, text in generated.items() if not file.is_file() or file.read_text(encoding="utf-8") != text]


# -- the command line ----------------------------------------------------------------------------------------------


def cli_reference() -> str:
    """Every command of the app with its arguments, options, defaults and examples."""
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    commands = {name: command for name, command in group.commands.items() if not command.hidden}
    lines = [
        "# 命令行参考",
        "",
        f"由 `{_COMMAND}` 根据程序生成，请勿手改。",
        "",
        _prose(group.help),
        "",
        f"用法：`{app.info.name} 命令 [选项]`。每个命令都有 `--help`（`-h`）。",
        "",
        "| 命令 | 作用 |",
        "| --- | --- |",
        *(f"| [{name}](#{app.info.name}-{name}) | {_cell(command.help)} |" for name, command in commands.items()),
        "",
        "## 退出码",
        "",
        _prose(group.epilog).removeprefix("退出码："),
    ]
    for name, command in commands.items():
        assert isinstance(command, TyperCommand)
        lines += ["", *_command(f"{app.info.name} {name}", command)]
    return "\n".join(lines) + "\n"


def _command(name: str, command: TyperCommand) -> Iterator[str]:
    arguments = [each for each in command.params if isinstance(each, TyperArgument) and not each.hidden]
    options = [each for each in command.params if isinstance(each, TyperOption) and not each.hidden]
    yield f"## {name}"
    yield ""
    yield _prose(command.help)
    yield ""
    yield from _block("text", [" ".join([name, *(["[选项]"] if options else []), *map(_placeholder, arguments)])])
    if arguments:
        yield ""
        yield from _table(
            ("参数", "必需", "说明"),
            ((f"`{_placeholder(each)}`", "是" if each.required else "否", each.help) for each in arguments),
        )
    if options:
        yield ""
        yield from _table(
            ("选项", "取值", "默认", "说明"),
            ((_names(each), _value(each), _default(each.default), each.help) for each in options),
        )
    examples = [line.strip().removeprefix("$ ") for line in (command.epilog or "").splitlines() if "$ " in line]
    if examples:
        yield ""
        yield "例："
        yield ""
        yield from _block("bash", examples)


def _placeholder(argument: TyperArgument) -> str:
    return argument.metavar or str(argument.name).upper()


def _names(option: TyperOption) -> str:
    return " ".join(f"`{name}`" for name in option.opts)


def _value(option: TyperOption) -> str:
    """What is written after the option: nothing after a flag, the choices of an enumeration, else a placeholder."""
    if option.is_flag:
        return ""
    annotation: Any = option.type_descriptor.annotation
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return " ".join(f"`{each.value}`" for each in annotation)
    value = f"`{option.metavar or str(option.name).upper()}`"
    return f"{value}，可重复" if option.multiple else value


def _default(default: object) -> str:
    """A default that the help text does not explain: none is empty, and so is a flag that is off."""
    if default is None or default is False:
        return ""
    return f"`{default.value if isinstance(default, Enum) else default}`"


# -- Markdown ------------------------------------------------------------------------------------------------------


def _block(language: str, lines: Iterable[str]) -> Iterator[str]:
    yield f"```{language}"
    yield from lines
    yield "```"


def _table(heading: tuple[str, ...], rows: Iterable[tuple[str | None, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heading)} |"
    yield f"| {' | '.join('---' for _ in heading)} |"
    for row in rows:
        yield f"| {' | '.join(map(_cell, row))} |"


def _prose(text: str | None) -> str:
    return " ".join((text or "").split())


def _cell(text: str | None) -> str:
    return _prose(text).replace("|", "\\|")


def main(arguments: list[str] | None = None) -> int:
    """Write the pages; with `--check` only compare, and give 1 where one is out of date or cannot be made."""
    parser = argparse.ArgumentParser(prog=_COMMAND, description="生成命令行参考和数据字典")
    parser.add_argument("--check", action="store_true", help="只检查文件是否与程序一致")
    check: bool = parser.parse_args(arguments).check
    root = project_root()
    try:
        generated = pages(root)
    except GoujiError as error:
        print(f"文档没有生成：{error}", file=sys.stderr)
        return 1
    outdated = stale(generated)
    if check:
        for file in outdated:
            print(f"{file.relative_to(root)} 与程序不一致，请运行 {_COMMAND}", file=sys.stderr)
        return 1 if outdated else 0
    for file in outdated:
        file.parent.mkdir(exist_ok=True)
        file.write_text(generated[file], encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
