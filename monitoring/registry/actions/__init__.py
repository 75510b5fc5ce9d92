"""The only code that writes the registry: lines put together, imports, and what is taken out."""
