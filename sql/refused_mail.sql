-- Every message a mail server has refused for good, but for those that told of refused messages.
-- Grain: one row per message_id.
SELECT message_id, period, recipient, subject, last_error
FROM mail_queue
WHERE organisation = :organisation
  AND state = 'refused'
  AND event <> 'undelivered'
ORDER BY period, message_id
