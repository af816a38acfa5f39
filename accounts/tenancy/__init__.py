"""The tenancy kernel: one context, one base class, three layers that each hold alone."""
