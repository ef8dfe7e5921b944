-- Whether the first return of each service came in time, month by month from :first_period to :last_period, as known at
-- :as_at. was_late: 0 when a form came in time, released since or not; else 1.
-- Grain: one row per period and service_id; none for a month without a form that was accepted.
SELECT period, service_id, MIN(CASE WHEN is_late THEN 1 ELSE 0 END) AS was_late
FROM received_file
WHERE organisation = :organisation
  AND outcome = 'accepted'
  AND channel = 'form'
  AND period BETWEEN :first_period AND :last_period
  AND received_at <= :as_at
GROUP BY period, service_id
ORDER BY period, service_id
