-- The likeliest wrong figure of each failed check: the one that most speaks for. A total that misses its parts in
-- several columns lacks a row (or has one too many), so there the total is named, unless two cells changed places.
-- `is_named`: no other figure of the check is as likely; else the choice is of no weight and only keeps checks together.
with judged as (
    select
        *,
        count(*) filter (where is_first and is_additive) over (
            partition by document_id, rule_id, table_no, row_no
        ) as columns_failed,
        max(case when is_swapped then 1 else 0 end) over (partition by check_key) = 1 as has_swap
    from {{ ref('int_cause_candidate') }}
),

ranked as (
    select
        *,
        case
            when rule_id in ('D08', 'D12') and is_first and columns_failed > 1 and table_no is not null and not has_swap
                then 0
            when is_implausible then 2
            else 1
        end as preference
    from judged
),

compared as (
    select
        *,
        count(*) over (partition by check_key, preference, weight, is_slip) = 1 as is_named
    from ranked
)

select
    check_key,
    rule_id,
    document_id,
    figure_id as suspect_figure_id,
    is_named,
    change,
    size,
    is_additive,
    checks_repaired
from compared
qualify row_number() over (
    partition by check_key
    order by
        preference,
        weight desc,
        case when is_slip then 0 else 1 end,
        case when is_first then 0 else 1 end,
        number_no
) = 1
