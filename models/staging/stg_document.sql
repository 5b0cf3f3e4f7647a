select
    document_id,
    file_name,
    path,
    format,
    bytes,
    title,
    status,
    reason,
    message,
    duplicate_of,
    loader_version
from {{ source('raw', 'document') }}
