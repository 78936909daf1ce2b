"""The log: what was taken, in order, for ever. `port` says what it promises, `urls.open_log` opens one."""
