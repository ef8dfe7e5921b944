-- The last validations at one point as known at :as_at, with what their KPIs' checks add up to.
-- Grain: one row per period and as_at, newest first.
SELECT
    validation_run.period, validation_run.as_at, outcome, due, withheld, validation_run.failed, validation_run.flagged,
    COALESCE(scored.checks, 0) AS checks, COALESCE(scored.checks_failed, 0) AS checks_failed,
    COALESCE(scored.checks_flagged, 0) AS checks_flagged
FROM validation_run
LEFT JOIN (
    SELECT period, as_at, SUM(checks) AS checks, SUM(failed) AS checks_failed, SUM(flagged) AS checks_flagged
    FROM quality_score
    WHERE organisation = :organisation
      AND point = :point
      AND dimension = 'all'
    GROUP BY period, as_at
) AS scored
    ON scored.period = validation_run.period
   AND scored.as_at = validation_run.as_at
WHERE organisation = :organisation
  AND point = :point
  AND validation_run.as_at < :as_at
ORDER BY validation_run.as_at DESC, validation_run.period DESC
LIMIT 11
