"""What statements cost: one module for each family of forms, one dispatch over all."""
