-- The rows of seeds/rules/binding.csv that fit an amount of the prose, by its item, section, whole, fund and the words
-- before it: where its table cell may be.
with entry as (
    select * exclude (items), unnest(string_split(items, ' ')) as item
    from {{ ref('binding') }}
),

fitting as (
    select
        a.*,
        e.binding_id,
        e.priority,
        e.kinds,
        case when e.cell_item = '=' then a.item else e.cell_item end as cell_item,
        case when e.cell_components = '=' then a.item else e.cell_components end as cell_components,
        e.cell_funds
    from {{ ref('int_prose_amount') }} as a
    inner join entry as e
        on case when a.statement in ('function', 'economic', 'project') then '@' || a.statement else a.item end = e.item
    where contains(' ' || coalesce(e.components, 'total') || ' ', ' ' || a.component || ' ')
        and (e.sections is null or contains(' ' || e.sections || ' ', ' ' || a.section || ' '))
        and (e.wholes is null or contains(' ' || e.wholes || ' ', ' ' || a.whole_item || ' '))
        and (e.funds is null or contains(' ' || e.funds || ' ', ' ' || a.whole_fund || ' '))
        and (e.before is null or regexp_matches(a.text_before, e.before))
        -- these tell of other money than the tables
        and coalesce(a.section, '') not in ('performance', 'assets', 'contract')
    -- words say more than the rest: where they fit a row, the rows without words do not count
    qualify e.before is not null or not bool_or(e.before is not null) over (partition by a.figure_id)
)

select
    figure_id,
    document_id,
    organization_name,
    fiscal_year,
    statement,
    item,
    code,
    parent_class,
    statement in ('function', 'economic', 'project') as is_class,
    phase,
    case when phase = 'actual' then 'actual' else 'budget' end as period,
    binding_id,
    priority,
    unnest(string_split(kinds, ' ')) as kind,
    cell_item,
    cell_components,
    cell_funds
from fitting
