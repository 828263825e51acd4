"""What a merchant may hand in to measurement: columns, rule and writer of each kind. Importing registers them."""

from measurement.intake_kinds import catalogue, events, experiments, reports, texts  # noqa: F401 - each registers its kinds
