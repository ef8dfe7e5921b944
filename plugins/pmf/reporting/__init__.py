"""Reports as view-models: scorecards, committee papers and the data-quality report.

Ratings and findings in, a ``Document`` out. Every count and every list of a report comes from one selection of
measures, so that a sentence cannot say eleven where its list shows nine. No renderer, no database, no file here.
"""
