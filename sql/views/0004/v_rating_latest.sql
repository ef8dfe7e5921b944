-- Every rating as last made: a later run for the same period replaces an earlier one.
-- Grain: one row per organisation, kpi_ref, period and policy_id.
CREATE VIEW v_rating_latest AS
SELECT
    organisation, kpi_ref, period, policy_id, as_at, status, value, numerator, denominator, target, target_version, off_target_pct,
    reason, flags, is_provisional, months_used, months_missing, previous_period, previous_value, previous_status, previous_target,
    change, moved, trend, projection, forecast, forecast_status, comment, code_version, lock_digest, register_digest, policy_digest,
    last_year_period, last_year_value, last_year_change, reds_in_a_row, is_deep_dive,
    year_target, year_end, year_end_low, year_end_high, year_end_status, year_end_reason,
    forecast_count, forecast_mean_miss, forecast_bias,
    variation, assurance, variation_reason, centre_line, lower_limit, upper_limit
FROM (
    SELECT rating.*, ROW_NUMBER() OVER (PARTITION BY organisation, kpi_ref, period, policy_id ORDER BY as_at DESC) AS recency
    FROM rating
) AS rated
WHERE recency = 1
