//! Places with one cache per user, through the real binary: values that mean harm in each of them, one change over all
//! caches, and caches that go from one such place to another.

mod bulk;
#[cfg(feature = "postgres")]
mod crossing;
mod hostile;
