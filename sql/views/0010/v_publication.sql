-- Every edition of a document that went onto the public site; recency 1 marks the one readers see.
-- Grain: one row per organisation, period, document_id and published_at.
CREATE VIEW v_publication AS
SELECT
    organisation, period, document_id, published_at, title, made_at, content_digest,
    ROW_NUMBER() OVER (PARTITION BY organisation, period, document_id ORDER BY published_at) AS edition,
    ROW_NUMBER() OVER (PARTITION BY organisation, period, document_id ORDER BY published_at DESC) AS recency
FROM publication
