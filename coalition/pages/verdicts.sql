select verdict, count(*) as claims from claims group by verdict
order by instr('found found_with_difference partly not_found not_testable', verdict)
