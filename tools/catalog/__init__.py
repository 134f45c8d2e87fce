"""One module per topic; each turns raw tables into built, cited tables."""
