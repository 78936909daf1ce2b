-- How many items were registered, for the first time or again, above their level, by crowds; where did they go up to?
-- (Art 12, 18) Asked by $by; of what $unit and all below it registered, from $first to $last (null: all of it).
--
-- A registration counts in the period of its day, and each going up (上行) in the period of its own.

WITH counted AS (
    SELECT *, registered_on AS day, NULL AS level, NULL AS kind, NULL AS beyond FROM states
    UNION ALL
    SELECT states.*, raised.day, raised.level, raised.kind, raised.beyond FROM raised JOIN states USING (no)
)
SELECT
    CASE $by
        WHEN 'unit' THEN registered_by
        WHEN 'level' THEN coalesce((SELECT units.level FROM units WHERE units.unit = registered_by), '')
        WHEN 'responsible' THEN coalesce(first_unit, counted.unit)
        WHEN 'place' THEN place
        WHEN 'county' THEN place[:6]
        WHEN 'township' THEN place[:9]
        WHEN 'village' THEN place[:12]
        WHEN 'category' THEN category
        WHEN 'channel' THEN channel
        WHEN 'purpose' THEN purpose
        WHEN 'month' THEN strftime(day, '%Y-%m')
        WHEN 'quarter' THEN year(day) || 'Q' || quarter(day)
        WHEN 'half_year' THEN year(day) || 'H' || (quarter(day) + 1) // 2
    END AS key,
    count(*) FILTER (level IS NULL) AS registrations,
    count(*) FILTER (level IS NULL AND "first" IS NULL) AS first_time,
    count(*) FILTER (level IS NULL AND "first" IS NOT NULL) AS repeat,
    count(*) FILTER (level IS NULL AND skip_level) AS skip_level,
    count(*) FILTER (level IS NULL AND collective) AS collective,
    count(*) FILTER (level = 'city') AS to_city,
    count(*) FILTER (level = 'province') AS to_province,
    count(*) FILTER (level = 'national') AS to_nation,
    count(*) FILTER (beyond) AS beyond,
    count(*) FILTER (kind = 'collective') AS collective_above,
    count(*) FILTER (kind = 'irregular') AS irregular
FROM counted
WHERE ($unit IS NULL OR registered_by IN (FROM below($unit)))
    AND ($first IS NULL OR day >= $first) AND ($last IS NULL OR day <= $last)
GROUP BY key ORDER BY key
