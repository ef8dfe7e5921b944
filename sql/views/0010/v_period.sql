-- Every month, financial quarter and financial year that there is a figure, a rating, a validation or a document of.
-- Grain: one row per period.
CREATE VIEW v_period AS
WITH known AS (
    SELECT period FROM observation
    UNION SELECT period FROM rating
    UNION SELECT period FROM validation_run
    UNION SELECT period FROM document
),
-- start_year is the year a financial year begins in; ends_in and ends are year and month a period ends in.
parted AS (
    SELECT
        period, 'month' AS kind,
        CAST(substr(period, 1, 4) AS INTEGER) - CASE WHEN substr(period, 6, 2) < '04' THEN 1 ELSE 0 END AS start_year,
        (CAST(substr(period, 6, 2) AS INTEGER) + 8) % 12 / 3 + 1 AS quarter_number,
        CAST(substr(period, 1, 4) AS INTEGER) AS ends_in, CAST(substr(period, 6, 2) AS INTEGER) AS ends, 1 AS months
    FROM known
    WHERE length(period) = 7
    UNION ALL
    SELECT
        period, 'quarter', CAST(substr(period, 1, 4) AS INTEGER), CAST(substr(period, 10, 1) AS INTEGER),
        CAST(substr(period, 1, 4) AS INTEGER) + CASE WHEN substr(period, 10, 1) = '4' THEN 1 ELSE 0 END,
        CAST(substr(period, 10, 1) AS INTEGER) % 4 * 3 + 3, 3
    FROM known
    WHERE length(period) = 10
    UNION ALL
    SELECT period, 'year', CAST(substr(period, 3, 4) AS INTEGER), NULL, CAST(substr(period, 3, 4) AS INTEGER) + 1, 3, 12
    FROM known
    WHERE length(period) = 9
),
named AS (
    SELECT
        parted.*,
        (ends - months + 12) % 12 + 1 AS begins,
        CAST(start_year AS TEXT) AS began,
        substr(CAST(start_year + 1 AS TEXT), 3, 2) AS ended,
        CASE
            WHEN ends = 2 AND ends_in % 4 = 0 AND (ends_in % 100 <> 0 OR ends_in % 400 = 0) THEN '29'
            WHEN ends = 2 THEN '28'
            WHEN ends IN (4, 6, 9, 11) THEN '30'
            ELSE '31'
        END AS last_day_of_month,
        substr('January  February March    April    May      June     July     August   SeptemberOctober  November December ', ends * 9 - 8, 9)
            AS month_name
    FROM parted
)
SELECT
    period, kind,
    CASE kind
        WHEN 'month' THEN trim(month_name) || ' ' || CAST(ends_in AS TEXT)
        WHEN 'quarter' THEN 'quarter ' || CAST(quarter_number AS TEXT) || ' ' || began || '/' || ended
        ELSE began || '/' || ended
    END AS label,
    CAST(CASE WHEN months = 12 THEN start_year ELSE ends_in END AS TEXT) || '-' || substr('010203040506070809101112', begins * 2 - 1, 2) || '-01'
        AS first_day,
    CAST(ends_in AS TEXT) || '-' || substr('010203040506070809101112', ends * 2 - 1, 2) || '-' || last_day_of_month AS last_day,
    months, 'FY' || began || '-' || ended AS financial_year,
    CASE WHEN quarter_number IS NOT NULL THEN began || '-' || ended || '-Q' || CAST(quarter_number AS TEXT) END AS quarter
FROM named
