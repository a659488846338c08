"""Every claim about accuracy and speed, rerun side by side with the peers."""
