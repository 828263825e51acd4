"""Files and batches that people and programs hand in, read to the last row before anything is written.

``reader`` turns bytes into numbered rows, ``cells`` a cell into a value, ``validate`` rows into good rows
and problems, ``report`` keeps what to show and what to hand back. ``kinds`` lists what may be handed in.
Pure: no Django, no database, no clock; sentences for people are found by code in ``merchants.remedies``.
"""
