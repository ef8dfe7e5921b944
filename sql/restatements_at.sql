-- What was stated anew of figures, and why, as known at :as_at: entries of the performance team, and later returns that
-- changed a figure.
-- Grain: one row per kpi_ref, period and version_id.
SELECT kpi_ref, period, recorded_at, source, COALESCE(reason, '') AS reason, comment
FROM observation
WHERE organisation = :organisation
  AND recorded_at <= :as_at
  AND (source = 'entry' OR status = 'restated')
ORDER BY kpi_ref, period, recorded_at, sequence, version_id
