-- When something last came to pass that a tracker of these periods shows: opened, collected, chased, received or released.
-- Grain: one row; recorded_at is null where nothing has.
SELECT MAX(recorded_at) AS recorded_at
FROM (
    SELECT as_at AS recorded_at
    FROM stage_run
    WHERE organisation = :organisation
      AND period IN (:periods)
      AND stage IN ('open', 'collect', 'chase')
    UNION ALL
    SELECT received_at
    FROM received_file
    WHERE organisation = :organisation
      AND (period IN (:periods) OR (period IS NULL AND inbox_period IN (:periods)))
    UNION ALL
    SELECT released_at
    FROM return_release
    WHERE organisation = :organisation
      AND period IN (:periods)
) AS moments
