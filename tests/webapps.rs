//! Places with one cache per user, through the real binary: values that mean harm in each of them, and caches that go
//! from one such place to another.

#[cfg(feature = "postgres")]
mod crossing;
mod hostile;
