-- Every letter of one event ever written, sent or waiting to be.
-- Grain: one row per message_id.
SELECT message_id, event_subject, recipient, queued_at
FROM mail_queue
WHERE organisation = :organisation
  AND event = :event
ORDER BY queued_at, message_id
