-- The return that counts for each service: the last accepted file of a month, as known at :as_at.
-- Grain: one row per service_id.
SELECT *
FROM (
    SELECT
        received_file.*,
        ROW_NUMBER() OVER (PARTITION BY service_id ORDER BY received_at DESC, sequence DESC, file_hash, inbox_period) AS recency
    FROM received_file
    WHERE organisation = :organisation
      AND period = :period
      AND outcome = 'accepted'
      AND received_at <= :as_at
) AS accepted
WHERE recency = 1
ORDER BY service_id
