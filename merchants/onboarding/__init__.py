"""How a merchant comes in: requirements as data, one evaluator for everybody who looks, and the states of a case.

Pure: no Django, no clock, no settings. What is stored and shown of it lies in the rooms around it.
"""
