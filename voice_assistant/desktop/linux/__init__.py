"""Act on Linux desktops, under X11 and Wayland."""
