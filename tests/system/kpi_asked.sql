-- The rates, asked of $unit and all below it, from $from to $to (both included), as known on $today.
-- Gives (kpi, no, good), one row for each item of the denominator.
WITH RECURSIVE
members(unit) AS (
    SELECT $unit
    UNION
    SELECT kin.unit FROM kin JOIN members ON kin.above = members.unit
),
target AS (
    SELECT no, 'bureau' AS target, answered_on FROM rateable
    WHERE registered_by IN (FROM members) AND registered_by IN (FROM bureaus)
    UNION ALL
    SELECT no, 'unit', answered_on FROM rateable JOIN handling USING (no) WHERE first_handler IN (FROM members)
),
counted AS (
    SELECT 'timely_acceptance_bureau' AS kpi, no, coalesce(met_on <= due_on, false) AS good
    FROM item JOIN forwarding USING (no)
    WHERE registered_by IN (FROM members) AND registered_by IN (FROM bureaus) AND strict_on BETWEEN $from AND $to
    UNION ALL
    SELECT 'timely_acceptance_unit', no, coalesce(decision.day <= (
        SELECT min(workdays.day) FROM workdays WHERE workdays.day >= registered_on + 30), false)
    FROM item JOIN handling USING (no) LEFT JOIN decision USING (no)
    WHERE destination IN (FROM members) AND destination NOT IN (FROM bureaus)
        AND registered_on + 30 BETWEEN $from AND $to
    UNION ALL
    SELECT 'on_time_answer', no, in_time
    FROM item JOIN handling USING (no) JOIN answering USING (no)
    WHERE destination IN (FROM members) AND strict_on BETWEEN $from AND $to
    UNION ALL
    SELECT 'participation_' || target, no, rating.no IS NOT NULL
    FROM target LEFT JOIN rating USING (no, target)
    WHERE rating.day BETWEEN $from AND $to
        OR rating.no IS NULL AND answered_on + 30 BETWEEN $from AND $to AND answered_on + 30 < $today
    UNION ALL
    SELECT 'satisfaction_' || target, no, score IN ('satisfied', 'basically')
    FROM target JOIN rating USING (no, target) WHERE rating.day BETWEEN $from AND $to
    UNION ALL
    SELECT 'repeat_rate', no, no IN (SELECT no FROM repeats) FROM item
    WHERE registered_by IN (FROM members) AND registered_on BETWEEN $from AND $to
    UNION ALL
    SELECT 'first_time_resolved', no, resolved AND no NOT IN (SELECT matter FROM repeats)
    FROM item JOIN handling USING (no) JOIN ended USING (no)
    WHERE first_handler IN (FROM members) AND closed_on BETWEEN $from AND $to AND no NOT IN (SELECT no FROM repeats)
)
SELECT kpi, no, good FROM counted
