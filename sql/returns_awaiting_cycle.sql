-- Months about which something that counts came in, or was released, after their last validation: their cycle is due (again).
-- Grain: one row per period.
SELECT period, MAX(counted_at) AS received_at
FROM (
    SELECT
        received_file.period,
        CASE WHEN received_file.needs_release THEN return_release.released_at ELSE received_file.received_at END AS counted_at
    FROM received_file
    LEFT JOIN return_release
        ON return_release.organisation = received_file.organisation
       AND return_release.period = received_file.period
       AND return_release.file_hash = received_file.file_hash
       AND return_release.released_at <= :as_at
    WHERE received_file.organisation = :organisation
      AND received_file.outcome = 'accepted'
      AND received_file.channel NOT IN ('actions', 'intervention')
      AND received_file.received_at <= :as_at
) AS counting
WHERE counted_at IS NOT NULL
  AND NOT EXISTS (
        SELECT 1
        FROM validation_run
        WHERE validation_run.organisation = :organisation
          AND validation_run.period = counting.period
          AND validation_run.point = 'returns'
          AND validation_run.as_at >= counting.counted_at
  )
GROUP BY period
ORDER BY period
