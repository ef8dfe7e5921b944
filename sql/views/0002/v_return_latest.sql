-- The return form that counts for each service and month: the last accepted one, released where that is asked for.
-- Grain: one row per organisation, period and service_id.
CREATE VIEW v_return_latest AS
SELECT organisation, period, service_id, file_hash, file_name, size_bytes, received_at, sender, form_version, is_late
FROM (
    SELECT
        received_file.*,
        ROW_NUMBER() OVER (
            PARTITION BY organisation, period, service_id ORDER BY received_at DESC, sequence DESC, file_hash
        ) AS recency
    FROM received_file
    WHERE outcome = 'accepted'
      AND channel = 'form'
      AND (
            NOT needs_release
            OR EXISTS (
                SELECT 1
                FROM return_release
                WHERE return_release.organisation = received_file.organisation
                  AND return_release.period = received_file.period
                  AND return_release.file_hash = received_file.file_hash
            )
      )
) AS accepted
WHERE recency = 1
