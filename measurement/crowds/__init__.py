"""In which layer a person stands, as a rule that a merchant can read and change (pure).

A *rule* is a list of rows: a layer, the kinds of event that count, how many of them, within how many days.
A row holds on a day when at least that many of its events happened on that day or on the days before it, as
many days as the row says in all. A person's layer is the highest one of which a row holds; whom no row holds
stands in none. Only whole days of one time zone are looked at.

The five layers carry the names that the platforms use (A, I, TI, P, S). Nobody has published the platforms'
own rules, so these are ours: every page says "layers under rule v1, set by you".

`rules` is the rule and what is wrong with one; `layers` the definition in plain Python, with the reason;
`sql` one text that does the same for many people at once, held to the former by property tests; `flow`
the movement between two days; `asked` the question of a page; `audiences` a saved definition of people.
"""
