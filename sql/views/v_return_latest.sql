-- The return that counts for each service and month: the last accepted file.
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
) AS accepted
WHERE recency = 1
