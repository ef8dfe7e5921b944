-- Messages of a council by period and event.
-- Grain: one row per period, event and state.
SELECT period, event, state, COUNT(*) AS messages
FROM mail_queue
WHERE organisation = :organisation
GROUP BY period, event, state
ORDER BY period, event, state
