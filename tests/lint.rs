//! The rules of the doctor on small caches: for each one that fires it, and a near miss that does not.

mod orphan;
