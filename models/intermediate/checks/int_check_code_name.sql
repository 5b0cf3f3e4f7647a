-- S09: a printed classification code is valid in its year, and the name beside it is its own. Names vary in print, so
-- that only a name that belongs to another code contradicts; what the dictionary does not attest is insufficient.
-- Codes whose names are wrong in one table are one row, with all of them.
{% set names_since = 2019 %}
{%- macro spelled(name) -%}
regexp_replace({{ name }}, '[\s（）()、，,“”"的]', '', 'g')
{%- endmacro -%}
{%- macro alike(one, other) -%}
(contains({{ one }}, {{ other }}) or contains({{ other }}, {{ one }}))
{%- endmacro %}
with printed as (
    select
        *,
        {{ spelled('item') }} as name,
        case when statement = 'function' then 'function' when starts_with(code, '5') then 'government' else 'department' end
            as system
    from {{ ref('int_figure') }}
    where statement in ('function', 'economic') and code is not null
    -- one row a code, name and place: a table, or the prose
    qualify row_number() over (partition by report_id, statement, code, item, table_no order by number_no) = 1
),

placed as (
    select
        *,
        first_value(name) over (partition by report_id, code order by number_no) as first_name,
        -- a code that stands before several names of one table has lost its last digits, in print or in reading
        count(*) over (partition by report_id, code, table_no) > 1 and table_no is not null as is_broken
    from printed
),

entry as (
    select 'function' as system, code, name, first_year, last_year, evidence = 'published' as is_attested
    from {{ ref('function_classification') }}
    union all
    select system, code, name, first_year, last_year, evidence = 'published'
    from {{ ref('economic_classification') }}
    union all
    select 'function', code, name, null, last_year, true
    from {{ ref('function_class_former_name') }}
),

spelled_entry as (
    select *, {{ spelled('name') }} as spelling from entry
),

-- where else a name stands: anywhere in the classification, and in the same class
elsewhere as (
    select system, spelling, count(distinct code) as codes, min(code) as code
    from spelled_entry
    where is_attested
    group by system, spelling
),

in_class as (
    select system, substr(code, 1, 3) as class_code, spelling, min(code) as code
    from spelled_entry
    where is_attested
    group by system, substr(code, 1, 3), spelling
),

matched as (
    select
        p.*,
        e.name as own_name,
        e.is_attested,
        e.first_year,
        e.last_year,
        coalesce(e.spelling = p.name, false) as is_own,
        coalesce({{ alike('e.spelling', 'p.name') }}, false) as is_alike,
        coalesce(c.code, a.code) as other_code,
        c.code is not null as is_in_class
    from placed as p
    left join spelled_entry as e on p.system = e.system and p.code = e.code
    left join in_class as c
        on p.system = c.system and substr(p.code, 1, 3) = c.class_code and p.name = c.spelling and p.code <> c.code
    left join elsewhere as a on p.system = a.system and p.name = a.spelling and p.code <> a.code
    qualify row_number() over (
        partition by p.figure_id
        order by case when e.spelling = p.name then 0 else 1 end, e.last_year desc nulls first
    ) = 1
),

judged as (
    select
        *,
        case
            when is_broken then 'insufficient'
            when is_own and not is_attested then 'pass'
            -- economic classes have the years of their edition, and were there before it
            when is_own and (fiscal_year > last_year or (system = 'function' and fiscal_year < first_year)) then 'fail'
            when is_own then 'pass'
            when fiscal_year < coalesce(first_year, {{ names_since }}) or fiscal_year > last_year then 'insufficient'
            when is_attested and is_in_class then 'fail'
            when is_alike then 'pass'
            when is_attested and other_code is not null then 'fail'
            when own_name is null and name <> first_name and not {{ alike('name', 'first_name') }} then 'fail'
            else 'insufficient'
        end as state
    from matched
),

told as (
    select
        *,
        case
            when state <> 'fail' then '“' || code || ' ' || item || '”'
            when is_own then '“' || code || ' ' || item || '”在' || cast(fiscal_year as varchar) || '年不是有效科目'
            when own_name is null then '“' || code || '”印为“' || item || '”，又印为“' || first_name || '”'
            else '“' || code || '”印为“' || item || '”，该编码是“' || own_name || '”'
                || case when is_in_class then '，“' || item || '”的编码是' || other_code else '' end
        end as told_text,
        -- the wrong codes of one place are one check, the others one each
        case
            when state = 'fail' then 'fail:' || report_id || ':' || coalesce(cast(table_no as varchar), 'prose')
            else figure_id
        end as check_id
    from judged
)

select
    'code_name:' || check_id as check_key,
    'S09' as rule_id,
    cast(null as varchar) as severity,
    min(state) as state,
    min(document_id) as document_id,
    min(organization_name) as organization_name,
    min(fiscal_year) as fiscal_year,
    {{ nothing_compared() }},
    coalesce(min(table_title), '正文') || case when min(state) = 'fail' then '的科目编码与名称不符：' else '的科目' end || string_agg(told_text, '；' order by number_no) as message,
    list(figure_id order by number_no) as figure_ids,
    list(distinct quote) as evidence
from told
group by check_id
