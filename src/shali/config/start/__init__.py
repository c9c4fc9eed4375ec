"""Everything between `shali run` and a page that answers, on one machine; and its orderly end."""
