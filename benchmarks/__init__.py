"""What the workbook costs to run, measured against the tools it stands on."""
