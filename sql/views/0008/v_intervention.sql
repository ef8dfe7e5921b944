-- Every intervention with when it was opened and, once it is, how it was closed. The last step of each kind counts.
-- Grain: one row per organisation and intervention_id.
CREATE VIEW v_intervention AS
SELECT
    opened.organisation, opened.intervention_id, opened.kpi_ref, opened.period, opened.recorded_at AS opened_at,
    CASE WHEN closed.recorded_at IS NULL THEN 'open' ELSE 'closed' END AS state,
    cause.words AS cause, steps.words AS steps,
    closed.recorded_at AS closed_at, closed.decision AS outcome, closed.words AS closed_because
FROM (
    SELECT intervention_event.*, ROW_NUMBER() OVER (PARTITION BY organisation, intervention_id ORDER BY recorded_at, sequence) AS place
    FROM intervention_event
    WHERE kind = 'opened'
) AS opened
LEFT JOIN (
    SELECT intervention_event.*, ROW_NUMBER() OVER (PARTITION BY organisation, intervention_id ORDER BY recorded_at DESC, sequence DESC) AS recency
    FROM intervention_event
    WHERE kind = 'planned' AND part = 'cause'
) AS cause
    ON cause.organisation = opened.organisation
   AND cause.intervention_id = opened.intervention_id
   AND cause.recency = 1
LEFT JOIN (
    SELECT intervention_event.*, ROW_NUMBER() OVER (PARTITION BY organisation, intervention_id ORDER BY recorded_at DESC, sequence DESC) AS recency
    FROM intervention_event
    WHERE kind = 'planned' AND part = 'steps'
) AS steps
    ON steps.organisation = opened.organisation
   AND steps.intervention_id = opened.intervention_id
   AND steps.recency = 1
LEFT JOIN (
    SELECT intervention_event.*, ROW_NUMBER() OVER (PARTITION BY organisation, intervention_id ORDER BY recorded_at, sequence) AS place
    FROM intervention_event
    WHERE kind = 'closed'
) AS closed
    ON closed.organisation = opened.organisation
   AND closed.intervention_id = opened.intervention_id
   AND closed.place = 1
WHERE opened.place = 1
