select id, name from country_profile order by name
