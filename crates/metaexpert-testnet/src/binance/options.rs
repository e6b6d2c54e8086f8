//! European options.
