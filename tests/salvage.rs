//! Damaged caches: what is left of them is found, nothing that was not there is made up, and real libraries read the
//! clean copy. A top: its children hold the tests.

mod damage;
mod diagnosis;
mod hostile;
mod libraries;
mod small;
mod texts;
