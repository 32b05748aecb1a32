select distinct region from country_profile where region is not null order by region
