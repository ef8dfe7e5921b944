"""The pages of the public site: what was published of each period, committee and KPI. Public KPIs alone come in here."""
