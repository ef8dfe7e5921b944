-- Every query with how it stands: open (asked and not answered), answered (and not yet judged) or closed.
-- Grain: one row per organisation and query_id.
CREATE VIEW v_query AS
SELECT
    query.organisation, query.query_id, query.period, point, rule_id, subject, kpi_ref, service_id, opened_at,
    CASE
        WHEN latest.kind IN ('accepted', 'resolved') THEN 'closed'
        WHEN latest.kind = 'answered' THEN 'answered'
        ELSE 'open'
    END AS state,
    latest.kind AS last_kind, latest.author AS last_author, latest.text AS last_text, latest.recorded_at
FROM query
JOIN (
    SELECT
        query_event.*,
        ROW_NUMBER() OVER (
            PARTITION BY organisation, query_id ORDER BY recorded_at DESC, sequence DESC, event_id
        ) AS recency
    FROM query_event
    WHERE kind <> 'escalated'
) AS latest
    ON latest.organisation = query.organisation
   AND latest.query_id = query.query_id
WHERE latest.recency = 1
