"""Losses: plain functions of logits, one scalar each; they know no architecture."""
