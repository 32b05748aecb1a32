select coalesce(max(rowid), 0) as events from events
