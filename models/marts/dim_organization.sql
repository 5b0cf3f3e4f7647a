select
    organization_id,
    organization_name,
    short_name,
    superior_name,
    region_code,
    region_name,
    region_level,
    document_count
from {{ ref('int_organization') }}
