-- What the mail queue still holds: messages queued by :as_at and not sent since, and those refused for good. Of all councils.
-- Grain: one row per state.
SELECT state, COUNT(*) AS messages
FROM mail_queue
WHERE (state = 'queued' AND queued_at <= :as_at)
   OR state = 'refused'
GROUP BY state
ORDER BY state
