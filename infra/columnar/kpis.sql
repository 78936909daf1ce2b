-- How timely, how satisfying, how final is the work of $unit and all below it, from $first to $last? (Art 15, 16)
-- One row an item, one column a rate: is the item in its denominator, its numerator, its parts?
--
-- An item counts in the period in which its deadline (or its rating) falls, not its registration. Persons beyond 1-9999
-- are not counted. `law` holds of each day what the law of that day says: acceptance within 15 + 15 days, strictly and
-- rolled to a working day, and the day on which the 30 days for rating end. $today is the day of the last event.

WITH members AS (FROM below($unit)),
bureaus AS (SELECT unit FROM units WHERE is_bureau),
repeated AS (SELECT DISTINCT "first" AS no FROM states WHERE "first" IS NOT NULL),
item AS (
    SELECT states.*,
        no IN (FROM repeated) AS is_repeated, coalesce(first_unit, unit) AS first_handler, "first" IS NULL AS is_first,
        registered_by IN (FROM members) AS registers, unit IN (FROM members) AS has,
        first_handler IN (FROM members) AS answers, registered_by IN (FROM bureaus) AS by_bureau,
        k1_met IS NOT NULL AS k1_done, handled_met IS NOT NULL AS handled,
        -- A refusal decides on acceptance too, and so does channelling.
        accepted_on IS NOT NULL AS accepted,
        coalesce(registration.accept_due < coalesce(accepted_on, CASE WHEN NOT over THEN $today END), false)
            AS accepted_late,
        -- Only items registered for the first time and answered are rated (SAT14 4, 5); litigation matters are not.
        is_first AND state <> 'channelled' AND answered_on IS NOT NULL AS rateable,
        answer.rating_ends < $today AND answer.rating_ends BETWEEN $first AND $last AS unrated,
        k1_strict BETWEEN $first AND $last AS k1_ends,
        registration.accept_strict BETWEEN $first AND $last AS acceptance_ends,
        handled_strict BETWEEN $first AND $last AS handling_ends,
        registered_on BETWEEN $first AND $last AS registered_then, closed_on BETWEEN $first AND $last AS closed_then,
        bureau_rated_on BETWEEN $first AND $last AS bureau_rated_then,
        unit_rated_on BETWEEN $first AND $last AS unit_rated_then
    FROM states LEFT JOIN law AS registration ON registration.day = registered_on
        LEFT JOIN law AS answer ON answer.day = answered_on
    WHERE persons BETWEEN 1 AND 9999 AND (registers OR has OR answers)
)
SELECT no,
    {
        'denominator': registers AND by_bureau AND k1_ends,
        'numerator': k1_done AND NOT k1_missed, 'accepted': k1_done, 'accepted_late': k1_done AND k1_missed,
        'overdue_not_accepted': k1_missed AND NOT k1_done
    } AS timely_acceptance_bureau,
    {
        'denominator': has AND unit NOT IN (FROM bureaus) AND acceptance_ends,
        'numerator': accepted AND NOT accepted_late, 'accepted': accepted, 'accepted_late': accepted AND accepted_late,
        'overdue_not_accepted': accepted_late AND NOT accepted
    } AS timely_acceptance_unit,
    {
        'denominator': has AND handling_ends,
        'numerator': handled AND NOT handled_missed, 'on_time': handled AND NOT handled_missed,
        'late': handled AND handled_missed, 'overdue_open': NOT handled AND handled_missed,
        'not_due_open': NOT handled AND NOT handled_missed
    } AS on_time_answer,
    {
        'denominator': registers AND by_bureau AND rateable AND if(bureau_score IS NULL, unrated, bureau_rated_then),
        'numerator': bureau_score IS NOT NULL
    } AS participation_bureau,
    {
        'denominator': answers AND rateable AND if(unit_score IS NULL, unrated, unit_rated_then),
        'numerator': unit_score IS NOT NULL
    } AS participation_unit,
    {
        'denominator': registers AND by_bureau AND rateable AND bureau_rated_then,
        'numerator': bureau_score IN ('satisfied', 'basically')
    } AS satisfaction_bureau,
    {
        'denominator': answers AND rateable AND unit_rated_then,
        'numerator': unit_score IN ('satisfied', 'basically')
    } AS satisfaction_unit,
    {'denominator': registers AND registered_then, 'numerator': NOT is_first} AS repeat_rate,
    {'denominator': registers AND is_first AND registered_then, 'numerator': is_repeated} AS repeat_rate_first_items,
    {'denominator': registers AND is_first AND closed_then, 'numerator': is_repeated} AS repeat_rate_closed_first_items,
    {'denominator': answers AND is_first AND closed_then, 'numerator': resolved AND NOT is_repeated}
        AS first_time_resolved
FROM item ORDER BY no
