"""How an order becomes credit. This package is the definition; everything else in the product repeats it.

An order is one line that somebody paid for: a person, a product, the product's category, a moment and an
amount in fen. A touch is one moment at which a person met a product through a channel. The question is
always the same: which touches is this order credited to, and with how many fen each? "Credited to" is a
convention on which people agree, so that the same facts always give the same figures; it never says that a
touch caused the order.

1. *The window.* Every category has a decision cycle in days. The touches that count are those of the same
   person and the same product (or of any product, where a merchant chose so) that happened at most that
   many days before the order: both ends belong to the window, and a day is 24 hours. `windows`

2. *The journey.* They are put in order of time. Touches of one instant follow their own ids, whole numbers
   by value and before all other ids, which are compared byte by byte. An order whose person is unknown,
   whose category has no window, or whose window is empty has an empty journey: it is unattributed, and is
   listed as such. `touches`, `journeys`

3. *The weights.* Five models look at the n touches of a journey, and each gives every touch a whole number:
   *first* and *last* one to that touch and nothing to the others; *linear* one to each; *position* 2(n-2)
   to both ends and 1 to each between, which is 40 / 20 / 40 (one to each while n < 3); *decay* 2^30 halved
   once for each half-life between touch and order, the age in whole hours, rounded to a whole number, 7
   days a half-life unless somebody says otherwise. Should every touch be so old that all its decay weights
   round to nothing, each counts one. `credit`, `decay`

4. *The fen.* A touch's share is its weight over the sum of the weights. The amount is split by integer
   remainders: everybody gets the whole fen of the share, and what is left goes out one fen each to the
   largest remainders, the earlier touch first where they are equal. The parts always add up to the order. A
   negative amount is split as its positive twin with the sign turned. `credit`

Only whole numbers are ever compared, added or divided here, so every engine that can divide integers comes
to the same rows. `sql` holds the one SQL text that does the above on whole tables; it runs in Postgres for
the lines that changed and in DuckDB for files (`files`), and the tests hold it against this package's plain
Python, row by row.

Beside these stand models that look at all journeys together, those without an order too, and see channels
where the five see touches. They work on counted paths (`paths`), have no fen of single orders and never enter
the ledger: the removal effect of a Markov chain (`chains`), the Shapley value and leave-one-out of the subset
game (`games`). They are linear algebra and arithmetic, exact to the last digits of a float, never simulated.
`samples` says how many journeys a page asks for before it shows them.
"""
