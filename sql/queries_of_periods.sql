-- The threads of some periods' queries as known at :as_at.
-- Grain: one row per query_id and event_id, each thread oldest first.
SELECT
    query.query_id, query.period, query.point, query.rule_id, query.subject, query.kpi_ref, query.service_id, query.opened_at,
    event_id, kind, author, text, severity, found, file_hash, cell, recorded_at, sequence
FROM query
JOIN query_event
    ON query_event.organisation = query.organisation
   AND query_event.query_id = query.query_id
WHERE query.organisation = :organisation
  AND query.period IN (:periods)
  AND recorded_at <= :as_at
ORDER BY query.opened_at, query.query_id, recorded_at, sequence, event_id
