"""Networks: plain functional builders. Resolution and width are arguments, never file names."""
