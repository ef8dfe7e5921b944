-- Months with a return that came in after their last validation: their cycle is due (again).
-- Grain: one row per period.
SELECT received_file.period, MAX(received_file.received_at) AS received_at
FROM received_file
WHERE received_file.organisation = :organisation
  AND received_file.outcome = 'accepted'
  AND received_file.received_at <= :as_at
  AND NOT EXISTS (
        SELECT 1
        FROM validation_run
        WHERE validation_run.organisation = received_file.organisation
          AND validation_run.period = received_file.period
          AND validation_run.point = 'returns'
          AND validation_run.as_at >= received_file.received_at
  )
GROUP BY received_file.period
ORDER BY received_file.period
