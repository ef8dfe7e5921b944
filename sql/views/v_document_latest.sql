-- Every document as last made, in each of its formats.
-- Grain: one row per organisation, period, document_id and format.
CREATE VIEW v_document_latest AS
SELECT
    organisation, period, document_id, format, as_at, title, content_hash, path, code_version, lock_digest, register_digest,
    policy_digest
FROM (
    SELECT document.*, ROW_NUMBER() OVER (PARTITION BY organisation, period, document_id, format ORDER BY as_at DESC) AS recency
    FROM document
) AS made
WHERE recency = 1
