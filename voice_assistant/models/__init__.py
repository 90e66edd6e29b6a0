"""Know which Whisper models exist, what they need and where they come from."""
