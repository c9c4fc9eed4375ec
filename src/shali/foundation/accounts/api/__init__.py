"""The doors for programs: who calls (a token), what comes back when it cannot be (a problem), and no write twice."""
