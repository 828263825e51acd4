"""Would it have happened anyway? Experiments with people, places and pauses, as pure rules.

What decides who sees seeding is a keyed coin; what is read from it carries an interval that stays honest
when days resemble each other. No Django, no clock, no settings.
"""
