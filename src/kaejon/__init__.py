"""kaejon (แก้จน): one household registry, honest measures, one partnership."""
