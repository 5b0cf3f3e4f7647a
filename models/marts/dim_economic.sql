select
    code as economic_code,
    system as economic_system,
    name as economic_name,
    level as economic_level,
    parent_code as parent_economic_code,
    first_year,
    last_year,
    evidence
from {{ ref('economic_classification') }}
