//! What is listed: a table of markets, with expiries after the first moment of the testnet.
