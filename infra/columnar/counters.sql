-- How many items were registered, for the first time or again, above their level, by crowds; where did they go up to?
-- (Art 12, 18) Asked by $by; of what $unit and all below it registered, from $first to $last (null: all of it).
--
-- A registration counts in the period of its day, and each going up (上行) in the period of its own.

SELECT
    CASE $by
        WHEN 'unit' THEN registered_by
        WHEN 'level' THEN level
        WHEN 'responsible' THEN responsible
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
    count(registered) AS registrations, count(first_time) AS first_time, count(repeat) AS repeat,
    count(skip_level) AS skip_level, count(collective) AS collective,
    count(to_city) AS to_city, count(to_province) AS to_province, count(to_nation) AS to_nation,
    count(beyond) AS beyond, count(collective_above) AS collective_above, count(irregular) AS irregular
FROM counted
WHERE ($unit IS NULL OR registered_by IN (FROM below($unit)))
    AND ($first IS NULL OR day >= $first) AND ($last IS NULL OR day <= $last)
GROUP BY key ORDER BY key
