-- What each query's short name stands for, so that no name is given twice.
-- Grain: one row per query_id.
SELECT query_id, period, point, rule_id, subject
FROM query
WHERE organisation = :organisation
ORDER BY query_id
