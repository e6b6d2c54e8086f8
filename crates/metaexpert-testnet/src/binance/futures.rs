//! USD-M and COIN-M futures: one API twice, with a table of what differs.
