-- Sign-offs of a period's documents up to :as_at.
-- Grain: one row per document_id and content_digest.
SELECT *
FROM sign_off
WHERE organisation = :organisation
  AND period = :period
  AND signed_at <= :as_at
ORDER BY document_id, signed_at, content_digest
