"""Loading a project: what its files declare, and what is refused with file and line."""

from __future__ import annotations

import pytest

from warehouse.transform import DataTest, load_project

SEED_TYPES = """\
seeds:
  - name: region
    config:
      column_types:
        code: varchar
"""


def test_models_and_seeds_take_schema_and_materialization_from_their_folder(load):
    project = load(
        {
            "models/staging/stg_a.sql": "select 1 as a",
            "models/marts/fct_a.sql": "select 1 as a",
            "models/loose.sql": "select 1 as a",
            "seeds/region.csv": "code\n1\n",
        }
    )
    facts = {name: (model.schema, model.materialized) for name, model in project.models.items()}
    assert facts == {"stg_a": ("staging", "view"), "fct_a": ("marts", "table"), "loose": ("main", "view")}
    assert project.seeds["region"].schema == "reference"
    assert str(project.models["fct_a"].relation) == "marts.fct_a"
    assert project.models["fct_a"].file == "models/marts/fct_a.sql"


def test_properties_go_before_the_folder_and_the_file_before_properties(load):
    project = load(
        {
            "models/staging/a.sql": "select 1 as a",
            "models/staging/b.sql": "{{ config(materialized='view', tags=['own']) }} select 1 as b",
            "models/staging/_staging.yml": """\
                models:
                  - name: a
                    config: {materialized: table, schema: meta, tags: daily}
                  - name: b
                    config: {materialized: table, tags: [daily]}
                """,
        }
    )
    assert (project.models["a"].materialized, project.models["a"].schema) == ("table", "meta")
    assert (project.models["b"].materialized, project.models["b"].tags) == ("view", ("daily", "own"))


def test_descriptions_tests_and_sources_are_there_for_a_data_dictionary(load):
    project = load(
        {
            "models/marts/fct_a.sql": "select 1 as code",
            "models/marts/_marts.yml": """\
                version: 2
                models:
                  - name: fct_a
                    description: 一行一个数
                    data_tests:
                      - unique_combination: {arguments: {columns: [code]}, config: {severity: warn}}
                    columns:
                      - name: code
                        description: "{{ doc('code') }}（原样）"
                        tests:
                          - not_null
                          - accepted_values: {values: ['1', '2'], severity: warn}
                          - relationships:
                              arguments:
                                to: ref('region')
                                field: code
                sources:
                  - name: raw
                    description: 原始数据
                    tables:
                      - name: document
                        identifier: document_v1
                        description: 一行一个文件
                        columns:
                          - {name: document_id, description: 文件的 SHA-256, data_tests: [unique]}
                """,
            "models/docs.md": "{% docs code %}\n科目编码\n{% enddocs %}",
        }
    )
    model = project.models["fct_a"]
    assert model.description == "一行一个数"
    assert [(column.name, column.description) for column in model.columns] == [("code", "科目编码（原样）")]
    assert model.data_tests == (
        DataTest("unique_combination", None, {"columns": ["code"]}, {"severity": "warn"}),
        DataTest("not_null", "code"),
        DataTest("accepted_values", "code", {"values": ["1", "2"]}, {"severity": "warn"}),
        DataTest("relationships", "code", {"to": "ref('region')", "field": "code"}),
    )
    document = project.sources["raw"].tables["document"]
    assert (str(document.relation), document.description) == ("raw.document_v1", "一行一个文件")
    assert document.columns[0].description == "文件的 SHA-256"
    assert document.data_tests == (DataTest("unique", "document_id"),)


def test_reports_below_seeds_are_documents_and_no_seeds(load):
    project = load({"seeds/rules/rule.csv": "id\n1\n", "seeds/reports/city.csv": "id\n1\n", "seeds/reports/x.md": "{{"})
    assert list(project.seeds) == ["rule"]


@pytest.mark.parametrize(
    ("files", "place", "words"),
    [
        ({"models/a/x.sql": "select 1", "models/b/x.sql": "select 1"}, "models/b/x.sql", ["重复", "models/a/x.sql"]),
        ({"models/x.sql": "select 1", "seeds/x.csv": "a\n"}, "seeds/x.csv", ["重名"]),
        ({"models/x.py": "1"}, "models/x.py", ["Python"]),
        (
            {"models/stg_budget.sql": "select 1", "models/p.yml": "models:\n\n  - name: stg_buget\n"},
            "models/p.yml:3",
            ["模型 stg_buget 不存在", "是否想写 stg_budget？"],
        ),
        ({"models/p.yml": "seeds:\n  - name: region\n"}, "models/p.yml:2", ["种子 region 不存在"]),
        (
            {"models/x.sql": "", "models/p.yml": "models:\n- name: x\n", "models/q.yml": "models:\n- name: x\n"},
            "models/q.yml:2",
            ["models/p.yml:2"],
        ),
        (
            {"models/p.yml": "models:\n- name: x\n  columns:\n  - name: a\n  - name: A\n"},
            "models/p.yml:5",
            ["列 A 重复"],
        ),
        ({"models/p.yml": "models:\n- name: x\n  colums: []\n"}, "models/p.yml:3", ["是否想写 columns？"]),
        ({"models/p.yml": "models:\n- name: x\n  name: y\n"}, "models/p.yml:3", ["键 name 重复"]),
        ({"models/p.yml": "models:\n- description: x\n"}, "models/p.yml:2", ["缺少 name"]),
        ({"models/p.yml": "models:\n- name: 'x\n"}, "models/p.yml:3", ["YAML"]),
        ({"models/p.yml": "models: x\n"}, "models/p.yml:1", ["列表"]),
        ({"models/p.yml": "- x\n"}, "models/p.yml:1", ["键值对"]),
        ({"models/p.yml": "models:\n- name: x\n  data_tests:\n  - 3\n"}, "models/p.yml:3", ["data_tests"]),
        (
            {"models/p.yml": "sources:\n- name: raw\n- name: raw\n"},
            "models/p.yml:3",
            ["来源 raw 已在 models/p.yml:2"],
        ),
        ({"models/p.yml": b"# ok\nmodels: \xd6\xd0\n"}, "models/p.yml:2", ["UTF-8"]),
        (
            {"models/x.sql": "", "models/p.yml": "models:\n- name: x\n  description: \"{{ doc('cod') }}\"\n"},
            "models/p.yml:3",
            ["找不到说明块 doc('cod')"],
        ),
        (
            {"models/p.yml": "models:\n- name: x\n  description: '{{ var(1) }}'\n"},
            "models/p.yml:3",
            ["只能使用 {{ doc('名称') }}"],
        ),
        ({"models/d.md": "\n{% docs a %}x"}, "models/d.md:2", ["enddocs"]),
        ({"models/d.md": "{% docs a %}{% enddocs %}\n{% docs a %}{% enddocs %}"}, "models/d.md:2", ["models/d.md:1"]),
        ({"models/x.sql": "select 1\n{{ config(materialized='incremental_') }}"}, "models/x.sql:2", ["incremental"]),
        ({"models/x.sql": "{{ config(unique_key='a') }}"}, "models/x.sql:1", ["unique_key 只用于 materialized"]),
        (
            {"models/x.sql": "{{ config(materialized='incremental', unique_key=[]) }}"},
            "models/x.sql:1",
            ["应为列名或列名的列表"],
        ),
        (
            {"models/x.sql": "{{ config(materialized='incremental',\n incremental_strategy='merge') }}"},
            "models/x.sql:2",
            ["只支持 append，不支持 merge"],
        ),
        ({"models/x.sql": "{{ config(materialised='table') }}"}, "models/x.sql:1", ["是否想写 materialized？"]),
        ({"models/x.sql": "{{ config(\n  schema=var('x')\n) }}"}, "models/x.sql:2", ["字面量"]),
        ({"models/x.sql": "select 1\n{% if %}"}, "models/x.sql:2", ["jinja 语法错误"]),
        (
            {"models/x.sql": "", "models/p.yml": "models:\n- name: x\n  config:\n    alias: y\n"},
            "models/p.yml:4",
            ["配置项 alias"],
        ),
        (
            {"dbt_project.yml": "name: demo\nmodels:\n  demo:\n    +materialized: ephemeral\n", "models/x.sql": ""},
            "dbt_project.yml:4",
            ["ephemeral"],
        ),
        ({"dbt_project.yml": "name: demo\non-run-start: x\n"}, "dbt_project.yml:2", ["on-run-start"]),
        ({"dbt_project.yml": "name: demo\nmodel-path: x\n"}, "dbt_project.yml:2", ["是否想写 model-paths？"]),
        ({"snapshots/s.sql": "select 1"}, "snapshots/s.sql", ["快照不在支持的 dbt 子集内"]),
        ({"tests/no_gaps.sql": "select 1"}, "tests/no_gaps.sql", ["检验不在支持的 dbt 子集内"]),
        ({"packages.yml": "packages: []"}, "packages.yml", ["外部包不在支持的子集内"]),
        ({"dbt_project.yml": "profile: demo\n"}, "dbt_project.yml:1", ["缺少 name"]),
    ],
)
def test_a_mistake_is_named_with_file_and_line(write, fails, files, place, words):
    root = write(files)
    fails(lambda: load_project(root), place, *words)


def test_a_folder_without_a_project_is_an_error(tmp_path, fails):
    fails(lambda: load_project(tmp_path), "dbt_project.yml", "无法读取文件")
