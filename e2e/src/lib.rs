//! End-to-end tests: real browser windows against the real server program.
