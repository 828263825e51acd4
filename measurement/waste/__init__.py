"""What spend came back, what did not, and what cannot be told yet (pure).

Return = credited net revenue × margin − full cost. Its interval is a bootstrap over persons (``draws``), the
full cost comes from a rule that is shown (``allocation``), small samples are shrunk (``shrinkage``), ranks
carry intervals (``ranks``), and ``need`` says what would settle an open case.
"""
