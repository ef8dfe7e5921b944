-- How each KPI compared with others when its period was rated last, as known at :as_at. A rating that compared nothing hides what an
-- earlier one did.
-- Grain: one row per kpi_ref, kind and about; neighbours first, then region, then country.
SELECT comparison.*
FROM comparison
JOIN (
    SELECT MAX(as_at) AS as_at
    FROM rating
    WHERE organisation = :organisation
      AND period = :period
      AND as_at <= :as_at
) AS latest
    ON latest.as_at = comparison.as_at
WHERE organisation = :organisation
  AND period = :period
ORDER BY
    kpi_ref,
    CASE kind WHEN 'national' THEN 3 WHEN 'regional' THEN 2 ELSE 1 END,
    kind,
    about
