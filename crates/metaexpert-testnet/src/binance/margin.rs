//! Margin: loans on the markets of spot, and the calls of the wallet that go with them.
