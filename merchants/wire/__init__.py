"""How partners write values, whoever they are: odd shapes of JSON, times (pure)."""
