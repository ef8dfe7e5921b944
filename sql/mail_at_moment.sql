-- How many messages were caused by runs with this business clock, by event.
-- Grain: one row per event.
SELECT event, COUNT(*) AS messages
FROM mail_queue
WHERE organisation = :organisation
  AND queued_at = :as_at
GROUP BY event
ORDER BY event
