"""Pure text → `Decision`: what was asked for, if anything was."""
