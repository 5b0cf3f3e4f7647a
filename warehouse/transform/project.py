"""Loads a dbt project: `dbt_project.yml`, models, seeds, properties, doc blocks and macros, as one checked record.

Takes the project root, gives a `Project`. Reads files and decides nothing about SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from jinja2 import Environment

from warehouse.transform.config import NodeConfig, folder_layers, resolve
from warehouse.transform.docs import read_docs
from warehouse.transform.errors import TransformError, suggestion
from warehouse.transform.files import find, read_text, relative
from warehouse.transform.properties import NodeProperties, Properties, read_properties
from warehouse.transform.resources import MacroFile, Model, Place, Project, Seed, Target
from warehouse.transform.templates import config_in, environment
from warehouse.transform.unit_yaml import UnitTest, read_unit_tests
from warehouse.transform.yamlfile import YamlFile, read_yaml

# The sample reports live beside the reference tables; a CSV among them is a document, not a seed.
_REPORTS = "reports"
# What dbt_project.yml may say; settings that only dbt's own work needs change nothing here.
_USED = frozenset({"name", "profile", "vars", "models", "seeds", "model-paths", "seed-paths", "macro-paths"})
_HARMLESS = frozenset(
    {"version", "config-version", "require-dbt-version", "flags", "query-comment", "data_tests", "unit_tests"}
    | {"analysis-paths", "asset-paths", "docs-paths", "test-paths", "target-path", "log-path", "clean-targets"}
)
_PATHS = {
    **{"model-paths": "models", "seed-paths": "seeds", "macro-paths": "macros"},
    **{"snapshot-paths": "snapshots", "test-paths": "tests"},
}
# Folders of files that dbt would run and that mean nothing here.
_REFUSED_FOLDERS = (("snapshot-paths", "snapshots", "快照"), ("test-paths", "tests", "单独成文件的 SQL 检验"))

_Node = TypeVar("_Node", Model, Seed)


@dataclass(frozen=True, slots=True)
class _Found:
    """A model or seed file: its folder (`models`) and its path."""

    folder: Path
    path: Path

    def parts(self) -> tuple[str, ...]:
        """The folders below the model or seed path, and the name."""
        return self.path.relative_to(self.folder).with_suffix("").parts


def read_project(root: Path) -> Project:
    """Reads the project at `root`.

    Raises TransformError with file and line: a file that cannot be read, a setting outside the supported subset, two
    models or seeds of one name, properties of something that does not exist, an unknown doc block.
    """
    settings = read_yaml(root, root / "dbt_project.yml")
    _refuse_outside(root, settings)
    name = settings.text(settings.content, "name")
    model_folders = _folders(root, settings, "model-paths", "models")
    seed_folders = _folders(root, settings, "seed-paths", "seeds")
    docs = read_docs(root, _files((*model_folders, *seed_folders), ".md"))
    yaml_files = [read_yaml(root, path) for path in _files((*model_folders, *seed_folders), ".yml", ".yaml")]
    properties = read_properties(yaml_files, docs)
    target = Target(name=settings.text(settings.content, "profile", name))
    loader = _Loader(root, settings, name, target, environment())
    for path in _files(model_folders, ".py"):
        raise TransformError(relative(root, path), None, "不支持 Python 模型，模型只能是 SQL")
    models = _by_name(
        loader.model(_Found(folder, path), properties) for folder in model_folders for path in find(folder, ".sql")
    )
    seeds = _by_name(
        loader.seed(_Found(folder, path), properties) for folder in seed_folders for path in _seed_files(folder)
    )
    for shared in sorted(models.keys() & seeds.keys()):
        raise TransformError(seeds[shared].file, None, f"种子 {shared} 与模型 {models[shared].file} 重名")
    _refuse_unknown("模型", properties.models, models)
    _refuse_unknown("种子", properties.seeds, seeds)
    macro_folders = _folders(root, settings, "macro-paths", "macros")
    macros = tuple(MacroFile(relative(root, path), read_text(root, path)) for path in _files(macro_folders, ".sql"))
    return Project(
        root=root,
        name=name,
        models=models,
        seeds=seeds,
        sources=properties.sources,
        macros=macros,
        variables=_variables(settings, name),
        target=target,
        unit_tests=_unit_tests(yaml_files),
        folders=tuple(sorted(str(name) for key, default in _PATHS.items() for name in _names(settings, key, default))),
    )


@dataclass(frozen=True, slots=True)
class _Loader:
    """Makes models and seeds from files, given the settings that hold for all of them."""

    root: Path
    settings: YamlFile
    project: str
    target: Target
    jinja: Environment

    def model(self, found: _Found, properties: Properties) -> Model:
        file, sql = relative(self.root, found.path), read_text(self.root, found.path)
        entry = properties.models.get(found.path.stem)
        layers = folder_layers(self.settings, "models", self.project, found.parts())
        own = config_in(self.jinja, file, sql)
        config = resolve([*layers, entry.config if entry else {}, own], seed=False)
        return Model(
            **self._shared(found, config, entry),
            sql=sql,
            materialized=config.materialized,
            unique_key=config.unique_key,
            post_hooks=config.post_hooks,
            tags=config.tags,
            configured=frozenset(own),
        )

    def seed(self, found: _Found, properties: Properties) -> Seed:
        entry = properties.seeds.get(found.path.stem)
        layers = folder_layers(self.settings, "seeds", self.project, found.parts())
        config = resolve([*layers, entry.config if entry else {}], seed=True)
        shared = self._shared(found, config, entry)
        place = config.types_place or shared["documented"] or Place(shared["file"])
        return Seed(**shared, column_types=config.column_types, types_place=place, tags=config.tags)

    def _shared(self, found: _Found, config: NodeConfig, entry: NodeProperties | None) -> dict[str, Any]:
        return {
            "name": found.path.stem,
            "schema": config.schema or self.target.schema,
            "file": relative(self.root, found.path),
            "description": entry.description if entry else "",
            "columns": entry.columns if entry else (),
            "data_tests": entry.data_tests if entry else (),
            "documented": entry.place if entry else None,
        }


def _refuse_outside(root: Path, settings: YamlFile) -> None:
    """Raises TransformError for what dbt would do with the project and this runner would not."""
    for key in settings.content:
        if key not in _USED | _HARMLESS:
            hint = suggestion(key, _USED | _HARMLESS)
            raise settings.error(settings.content.line_of(key), f"{key} 不在支持的 dbt 子集内{hint}")
    for key, default, noun in _REFUSED_FOLDERS:
        for path in _files(_folders(root, settings, key, default), ".sql"):
            raise TransformError(relative(root, path), None, f"{noun}不在支持的 dbt 子集内")
    for name in ("packages.yml", "dependencies.yml"):
        if (root / name).exists():
            raise TransformError(name, None, "dbt 的外部包不在支持的子集内")


def _folders(root: Path, settings: YamlFile, key: str, default: str) -> tuple[Path, ...]:
    return tuple(root / str(name) for name in _names(settings, key, default))


def _names(settings: YamlFile, key: str, default: str) -> list[Any]:
    return settings.items(settings.content, key) if key in settings.content else [default]


def _files(folders: Iterable[Path], *suffixes: str) -> Iterable[Path]:
    return (path for folder in folders for path in find(folder, *suffixes) if not _is_report(folder, path))


def _seed_files(folder: Path) -> Iterable[Path]:
    return _files([folder], ".csv")


def _is_report(folder: Path, path: Path) -> bool:
    return folder.name == "seeds" and path.relative_to(folder).parts[0] == _REPORTS


def _by_name(nodes: Iterable[_Node]) -> dict[str, _Node]:
    found: dict[str, _Node] = {}
    for node in nodes:
        if node.name in found:
            raise TransformError(node.file, None, f"名称 {node.name} 重复，已用于 {found[node.name].file}")
        found[node.name] = node
    return found


def _refuse_unknown(kind: str, properties: Mapping[str, NodeProperties], known: Iterable[str]) -> None:
    names = set(known)
    for entry in properties.values():
        if entry.name not in names:
            hint = suggestion(entry.name, names)
            raise TransformError(entry.place.file, entry.place.line, f"{kind} {entry.name} 不存在{hint}")


def _unit_tests(files: Iterable[YamlFile]) -> tuple[UnitTest, ...]:
    found: dict[str, UnitTest] = {}
    for test in (test for yaml in files for test in read_unit_tests(yaml)):
        if test.name in found:
            first = found[test.name].place
            place = test.place
            raise TransformError(place.file, place.line, f"单元测试 {test.name} 已在 {first.file}:{first.line} 写过")
        found[test.name] = test
    return tuple(found.values())


def _variables(settings: YamlFile, project: str) -> dict[str, Any]:
    """The project's `vars`; those under the project's own name go before the global ones, as in dbt."""
    variables = settings.mapping(settings.content, "vars")
    own = variables.get(project)
    return {**variables, **own} if isinstance(own, dict) else dict(variables)
