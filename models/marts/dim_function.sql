select
    code as function_code,
    name as function_name,
    level as function_level,
    parent_code as parent_function_code,
    first_year,
    last_year,
    evidence
from {{ ref('function_classification') }}
