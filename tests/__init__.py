"""Stories about petitions, and checks of the house they live in."""
