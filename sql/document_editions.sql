-- The last edition of each document of a period, as known at :as_at.
-- Grain: one row per document_id and format.
SELECT document.*
FROM document
JOIN (
    SELECT document_id, MAX(as_at) AS last_as_at
    FROM document
    WHERE organisation = :organisation
      AND period = :period
      AND as_at <= :as_at
    GROUP BY document_id
) AS last_edition
    ON last_edition.document_id = document.document_id
   AND last_edition.last_as_at = document.as_at
WHERE document.organisation = :organisation
  AND document.period = :period
ORDER BY document.document_id, document.format
