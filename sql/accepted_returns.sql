-- What counts for a month, as known at :as_at: the last accepted file of each service and channel (its form, a declared
-- source, an entry of the performance team), where the council asks for a release only what has been released.
-- An intervention form is no return of the month it is about.
-- Grain: one row per service_id and channel.
SELECT *
FROM (
    SELECT
        received_file.*,
        ROW_NUMBER() OVER (
            PARTITION BY service_id, channel ORDER BY received_at DESC, sequence DESC, file_hash, inbox_period
        ) AS recency
    FROM received_file
    WHERE organisation = :organisation
      AND period = :period
      AND outcome = 'accepted'
      AND channel <> 'intervention'
      AND received_at <= :as_at
      AND (
            NOT needs_release
            OR EXISTS (
                SELECT 1
                FROM return_release
                WHERE return_release.organisation = received_file.organisation
                  AND return_release.period = received_file.period
                  AND return_release.file_hash = received_file.file_hash
                  AND return_release.released_at <= :as_at
            )
      )
) AS accepted
WHERE recency = 1
ORDER BY service_id, channel
