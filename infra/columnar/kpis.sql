-- How timely, how satisfying, how final is the work of $unit and all below it, from $first to $last? (Art 15, 16)
-- One row for each numerator, denominator and part of a rate: which items are in it?
--
-- An item counts in the period in which its deadline (or its rating) falls, not its registration. Persons beyond 1-9999
-- are not counted. `law` holds of each day what the law of that day says: acceptance within 15 + 15 days, strictly and
-- rolled to a working day, and the day on which the 30 days for rating end. $today is the day of the last event.

WITH members AS (FROM below($unit)),
bureaus AS (SELECT unit FROM units WHERE is_bureau),
repeated AS (SELECT DISTINCT "first" AS no FROM states WHERE "first" IS NOT NULL),
item AS (
    SELECT *, no IN (FROM repeated) AS is_repeated, coalesce(first_unit, unit) AS first_handler,
        registered_by IN (FROM members) AS registers, unit IN (FROM members) AS has,
        first_handler IN (FROM members) AS answers, registered_by IN (FROM bureaus) AS by_bureau
    FROM states WHERE persons BETWEEN 1 AND 9999 AND (registers OR has OR answers)
),
-- Only items registered for the first time and answered are rated (SAT14 4, 5); litigation matters are not.
rateable AS (
    SELECT no, 'bureau' AS target, bureau_score AS score, bureau_rated_on AS rated_on, answered_on FROM item
    WHERE registers AND by_bureau AND "first" IS NULL AND state <> 'channelled' AND answered_on IS NOT NULL
    UNION ALL
    SELECT no, 'unit', unit_score, unit_rated_on, answered_on FROM item
    WHERE answers AND "first" IS NULL AND state <> 'channelled' AND answered_on IS NOT NULL
),
-- A refusal decides on acceptance too, and so does channelling.
acceptance AS (
    SELECT 'timely_acceptance_bureau' AS kpi, no, k1_met IS NOT NULL AS done, k1_missed AS late FROM item
    WHERE registers AND by_bureau AND k1_strict BETWEEN $first AND $last
    UNION ALL
    SELECT 'timely_acceptance_unit', no, accepted_on IS NOT NULL,
        coalesce(accept_due < coalesce(accepted_on, CASE WHEN NOT over THEN $today END), false)
    FROM item JOIN law ON law.day = registered_on
    WHERE has AND unit NOT IN (FROM bureaus) AND accept_strict BETWEEN $first AND $last
),
counted(kpi, no, good, parts) AS (
    SELECT kpi, no, done AND NOT late,
        CASE WHEN done AND late THEN ['accepted', 'accepted_late'] WHEN late THEN ['overdue_not_accepted']
            WHEN done THEN ['accepted'] ELSE [] END
    FROM acceptance
    UNION ALL
    SELECT 'on_time_answer', no, handled_met IS NOT NULL AND NOT handled_missed,
        [CASE WHEN handled_met IS NOT NULL THEN if(handled_missed, 'late', 'on_time')
            ELSE if(handled_missed, 'overdue_open', 'not_due_open') END]
    FROM item WHERE has AND handled_strict BETWEEN $first AND $last
    UNION ALL
    SELECT 'participation_' || target, no, score IS NOT NULL, []
    FROM rateable JOIN law ON law.day = answered_on
    WHERE CASE WHEN score IS NOT NULL THEN rated_on BETWEEN $first AND $last
        ELSE rating_ends < $today AND rating_ends BETWEEN $first AND $last END
    UNION ALL
    SELECT 'satisfaction_' || target, no, score IN ('satisfied', 'basically'), []
    FROM rateable WHERE rated_on BETWEEN $first AND $last
    UNION ALL
    SELECT 'repeat_rate', no, "first" IS NOT NULL, []
    FROM item WHERE registers AND registered_on BETWEEN $first AND $last
    UNION ALL
    SELECT 'repeat_rate_first_items', no, is_repeated, []
    FROM item WHERE registers AND "first" IS NULL AND registered_on BETWEEN $first AND $last
    UNION ALL
    SELECT 'repeat_rate_closed_first_items', no, is_repeated, []
    FROM item WHERE registers AND "first" IS NULL AND closed_on BETWEEN $first AND $last
    UNION ALL
    SELECT 'first_time_resolved', no, resolved AND NOT is_repeated, []
    FROM item WHERE answers AND "first" IS NULL AND closed_on BETWEEN $first AND $last
)
SELECT kpi, part, list(no) AS items
FROM (SELECT kpi, no, unnest(parts || ['denominator'] || if(good, ['numerator'], [])) AS part FROM counted)
GROUP BY kpi, part
