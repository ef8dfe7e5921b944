-- Sign-offs of data-quality templates up to :as_at, of all financial years.
-- Grain: one row per kpi_ref, financial_year, template_digest and signed_at.
SELECT *
FROM template_sign_off
WHERE organisation = :organisation
  AND signed_at <= :as_at
ORDER BY kpi_ref, signed_at, financial_year, template_digest
