"""What comments say, in parts that can be checked: words first, then what people corrected (pure).

No openly licensed corpus of seeding slang exists, and a model trained on book and hotel reviews kept 3 of 16
questions apart in our trial; questions first, then words, kept 15. So the rules are a small lexicon of the
trade, and a model comes only from the merchant's own corrections, and only where it does better on them.
"""
