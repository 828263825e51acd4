"""What platforms and files report in sums, as statements: pure, without rows and without a clock."""
