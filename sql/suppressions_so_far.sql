-- What each run that made a period's documents decided to leave out of their public editions, as known at :as_at.
-- Grain: one row per as_at, kpi_ref and part; one without a kpi_ref for a run that left nothing out.
SELECT run.as_at, suppression.kpi_ref, suppression.part, suppression.kind, suppression.reason
FROM (
    SELECT as_at
    FROM stage_run
    WHERE organisation = :organisation
      AND period = :period
      AND stage IN ('report', 'export', 'report_year')
      AND as_at <= :as_at
    UNION
    -- A run that could not make every document notes what it made, and no stage run.
    SELECT as_at
    FROM document
    WHERE organisation = :organisation
      AND period = :period
      AND as_at <= :as_at
      AND document_id NOT LIKE 'data-quality-%'
      AND document_id NOT LIKE 'deep-dive-%'
      AND document_id NOT LIKE 'intervention-%'
    UNION
    SELECT as_at
    FROM suppression
    WHERE organisation = :organisation
      AND period = :period
      AND as_at <= :as_at
) AS run
LEFT JOIN suppression
    ON suppression.organisation = :organisation
   AND suppression.period = :period
   AND suppression.as_at = run.as_at
ORDER BY run.as_at, suppression.kpi_ref, suppression.part
