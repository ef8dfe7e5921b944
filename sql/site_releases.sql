-- The releases of a council's public site, oldest first.
-- Grain: one row per digest.
SELECT digest, number, as_at, manifest
FROM site_release
WHERE organisation = :organisation
ORDER BY number, digest
