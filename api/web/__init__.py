"""The dashboard: pages rendered on the server, Chinese first."""
