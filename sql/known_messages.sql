-- E-mails a council has taken in already.
-- Grain: one row per message_hash.
SELECT message_hash, outcome, received_at
FROM received_message
WHERE organisation = :organisation
ORDER BY message_hash
