-- Every version of every KPI's definition in the register that a council's cycle used last.
-- Grain: one row per organisation, kpi_ref and valid_from; recency 1 marks the last of a KPI.
CREATE VIEW v_kpi AS
SELECT
    kpi_definition.organisation, kpi_ref, valid_from, valid_to,
    ROW_NUMBER() OVER (PARTITION BY kpi_definition.organisation, kpi_ref ORDER BY valid_from DESC) AS recency,
    title, description, level, directorate_id, directorate_name, service_id, service_name, committee_id, committee_name, ambitions,
    perspective, metric_category, frequency, unit, decimals, direction, status_type, aggregation, part_of, is_public
FROM kpi_definition
JOIN (
    SELECT
        organisation, register_digest,
        ROW_NUMBER() OVER (PARTITION BY organisation ORDER BY as_at DESC, period DESC, stage DESC) AS uses_since
    FROM stage_run
) AS used
    ON used.organisation = kpi_definition.organisation
   AND used.register_digest = kpi_definition.register_digest
WHERE uses_since = 1
