-- The names of functional classes (类), present and former, with their codes.
select name, code from {{ ref('function_classification') }} where level = '类'
union
select name, code from {{ ref('function_class_former_name') }}
