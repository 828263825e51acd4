"""The columns of what a merchant hands in, and the rule that makes a row of their values.

The same columns stand behind the upload page, ``manage.py ingest``, the API, the templates and the data
dictionary. Nothing here touches a database: what a rule must know comes in ``Surroundings``.
"""
