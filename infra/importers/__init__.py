"""Real tables read as actions: what the file says, and a mark on what it does not say."""
