-- The figures that every check compares, one row each, with what the check found.
select
    check_key,
    rule_id,
    document_id,
    state,
    unit,
    expected,
    observed,
    difference,
    tolerance,
    {{ first_of('figure_ids') }} as first_figure_id,
    unnest(figure_ids) as figure_id
from {{ ref('int_check') }}
where figure_ids is not null
