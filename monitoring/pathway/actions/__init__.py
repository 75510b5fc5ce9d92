"""The only code that writes what follows an alert: imaging, theatre plans, findings of a re-operation, drains."""
