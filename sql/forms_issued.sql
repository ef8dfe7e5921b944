-- Whether this installation has ever sent out forms, for any council: then its signing key must be there.
-- Grain: one row, or none.
SELECT organisation, period
FROM stage_run
WHERE stage = 'open'
ORDER BY organisation, period
LIMIT 1
