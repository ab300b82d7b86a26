"""The whole system on one machine: its processes, from their start to their end in order."""
