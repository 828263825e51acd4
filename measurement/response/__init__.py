"""What an outcome owes to exposure when nothing joins: an estimate from daily totals alone (pure)."""
