"""The configuration of a model or seed: dbt's layers, merged from the most general to the most particular.

Takes layers of settings that know where they stand (`dbt_project.yml` by folder, properties, in-file `config()`), gives
one checked record. A setting that would change the meaning and that this runner does not implement is an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from warehouse.transform.errors import TransformError, suggestion
from warehouse.transform.resources import Place, YamlMapping
from warehouse.transform.yamlfile import YamlFile

# Settings that change nothing in what is built are accepted, so that dbt can still use them.
_HARMLESS = frozenset({"docs", "enabled", "meta", "persist_docs"})
_INCREMENTAL = frozenset({"unique_key", "incremental_strategy", "post_hook"})
_MODEL = frozenset({"materialized", "schema", "tags"}) | _INCREMENTAL | _HARMLESS
_SEED = frozenset({"column_types", "quote_columns", "schema", "tags"}) | _HARMLESS
_MATERIALIZED = ("table", "view", "incremental")


@dataclass(frozen=True, slots=True)
class Setting:
    """One configured value and where it stands."""

    value: Any
    place: Place

    def error(self, cause: str) -> TransformError:
        """An error in this setting."""
        return TransformError(self.place.file, self.place.line, cause)


Layer: TypeAlias = Mapping[str, Setting]


@dataclass(frozen=True, slots=True)
class NodeConfig:
    """The settings that hold for one model or seed; `schema` is None where none was configured."""

    materialized: str
    schema: str | None
    tags: tuple[str, ...]
    column_types: Mapping[str, str]
    types_place: Place | None
    unique_key: tuple[str, ...]
    post_hooks: tuple[str, ...]


def layer(yaml: YamlFile, mapping: YamlMapping) -> Layer:
    """The settings of a `config:` mapping in a properties file."""
    return {key: Setting(value, Place(yaml.file, mapping.line_of(key))) for key, value in mapping.items()}


def folder_layers(yaml: YamlFile, kind: str, project: str, parts: Iterable[str]) -> Iterator[Layer]:
    """The settings of `dbt_project.yml` for one file, outermost folder first.

    `kind` is `models` or `seeds`, `parts` are the folders below the model or seed path and the name of the file.
    """
    branch: object = yaml.content.get(kind)
    for part in (None, project, *parts):
        if part is not None:
            branch = branch.get(part) if isinstance(branch, YamlMapping) else None
        if not isinstance(branch, YamlMapping):
            return
        yield {
            key.removeprefix("+"): Setting(value, Place(yaml.file, branch.line_of(key)))
            for key, value in branch.items()
            if key.startswith("+") or not isinstance(value, YamlMapping | None)
        }


def resolve(layers: Iterable[Layer], *, seed: bool) -> NodeConfig:
    """Merges layers: tags add up, anything else is replaced by the more particular layer.

    Raises TransformError for a setting or a value outside the supported subset.
    """
    known = _SEED if seed else _MODEL
    merged: dict[str, Setting] = {}
    tags: list[str] = []
    for settings in layers:
        for key, setting in settings.items():
            if key not in known:
                raise setting.error(f"配置项 {key} 不在支持的 dbt 子集内{suggestion(key, known)}")
            if key == "tags":
                tags.extend(tag for tag in _tags(setting) if tag not in tags)
            merged[key] = setting
    if "enabled" in merged and merged["enabled"].value is not True:
        raise merged["enabled"].error("不支持 enabled: false，请直接删除或移出该文件")
    types = merged.get("column_types")
    materialized = _materialized(merged.get("materialized"))
    if materialized != "incremental":
        for key in sorted(_INCREMENTAL & merged.keys()):
            raise merged[key].error(f"{key} 只用于 materialized: incremental")
    unique_key = _texts(merged.get("unique_key"), "列名")
    _strategy(merged.get("incremental_strategy"), unique_key)
    return NodeConfig(
        materialized=materialized,
        schema=_schema(merged.get("schema")),
        tags=tuple(tags),
        column_types=_column_types(types) if types else {},
        types_place=types.place if types else None,
        unique_key=unique_key,
        post_hooks=_texts(merged.get("post_hook"), "SQL 语句"),
    )


def _materialized(setting: Setting | None) -> str:
    if setting is None:
        return "view"  # dbt's own default
    value = setting.value
    if value not in _MATERIALIZED:
        known = "、".join(_MATERIALIZED)
        raise setting.error(f"materialized 只支持 {known}，不支持 {value}{suggestion(str(value), _MATERIALIZED)}")
    return str(value)


def _strategy(setting: Setting | None, unique_key: tuple[str, ...]) -> None:
    """dbt-duckdb's default is the only strategy: rows of the same key are replaced, or all are added without a key."""
    default = "delete+insert" if unique_key else "append"
    if setting is not None and setting.value != default:
        reason = "有 unique_key" if unique_key else "没有 unique_key"
        raise setting.error(f"incremental_strategy 在{reason}时只支持 {default}，不支持 {setting.value}")


def _texts(setting: Setting | None, noun: str) -> tuple[str, ...]:
    """One text or several; nothing where nothing is configured."""
    if setting is None:
        return ()
    texts = [setting.value] if isinstance(setting.value, str) else setting.value
    if not isinstance(texts, list | tuple) or not texts or not all(isinstance(text, str) and text for text in texts):
        raise setting.error(f"应为{noun}或{noun}的列表")
    return tuple(texts)


def _schema(setting: Setting | None) -> str | None:
    if setting is None or setting.value is None:
        return None
    if not isinstance(setting.value, str) or not setting.value.strip() or "{{" in setting.value:
        raise setting.error("schema 应为一个名称")
    return setting.value.strip()


def _tags(setting: Setting) -> list[str]:
    value = setting.value
    tags = [value] if isinstance(value, str) else value
    if not isinstance(tags, list | tuple) or not all(isinstance(tag, str) for tag in tags):
        raise setting.error("tags 应为文字或文字的列表")
    return list(tags)


def _column_types(setting: Setting) -> dict[str, str]:
    value = setting.value
    if not isinstance(value, dict) or not all(isinstance(text, str) for pair in value.items() for text in pair):
        raise setting.error("column_types 应为“列名: 类型”的键值对")
    return dict(value)
