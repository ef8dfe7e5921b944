-- Members' questions that the paper of a body and quarter must tell of, made at :as_at, with the answer that stands (null: none): those
-- about earlier papers, and of the body it receives papers after (:body_before, or empty) those about this very paper, unless they
-- were answered by :since, when the paper before was made, or have been withdrawn.
-- Grain: one row per question_id.
SELECT question_id, kpi_ref, words, answer
FROM (
    SELECT
        asked.question_id, asked.kpi_ref, asked.words, asked.committee_id, asked.period, asked.recorded_at,
        (
            SELECT MAX(answered.recorded_at)
            FROM question_event AS answered
            WHERE answered.organisation = asked.organisation
              AND answered.question_id = asked.question_id
              AND answered.kind = 'answered'
              AND answered.recorded_at BETWEEN asked.recorded_at AND :as_at
        ) AS answered_at,
        (
            SELECT answered.words
            FROM question_event AS answered
            WHERE answered.organisation = asked.organisation
              AND answered.question_id = asked.question_id
              AND answered.kind = 'answered'
              AND answered.recorded_at BETWEEN asked.recorded_at AND :as_at
            ORDER BY answered.recorded_at DESC
            LIMIT 1
        ) AS answer
    FROM question_event AS asked
    WHERE asked.organisation = :organisation
      AND asked.kind = 'asked'
      AND asked.recorded_at <= :as_at
      AND NOT EXISTS (
            SELECT 1
            FROM question_event AS later
            WHERE later.organisation = asked.organisation
              AND later.question_id = asked.question_id
              AND later.recorded_at <= :as_at
              AND (
                    (later.kind = 'asked' AND later.recorded_at > asked.recorded_at)
                    OR (later.kind = 'withdrawn' AND later.recorded_at >= asked.recorded_at)
              )
      )
) AS standing
WHERE (answered_at IS NULL OR answered_at > :since)
  AND ((committee_id = :committee_id AND period < :period) OR (committee_id = :body_before AND period <= :period))
ORDER BY question_id
