//! Two pieces of work side by side.

use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Builder};

/// Does `one` on a thread of its own and `other` on this one; one behind the other where a user at the limit of
/// processes gets no thread. A panic of either comes out here.
pub fn both<A: Send, B>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B) -> (A, B) {
    let one = Mutex::new(Some(one));
    let do_one = || one.lock().unwrap_or_else(PoisonError::into_inner).take().map(|one| one());
    thread::scope(|scope| {
        let started = Builder::new().spawn_scoped(scope, do_one);
        let other = other();
        let one = match started {
            Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
            Err(_) => do_one(),
        };
        (one.expect("nobody else takes it"), other)
    })
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn both_are_done_at_once_and_answer_for_themselves() {
        let ((to_one, one_hears), (to_other, other_hears)) = (channel(), channel());
        // Each waits for the other.
        let one = move || to_other.send(1).is_ok().then(|| one_hears.recv()).and_then(Result::ok);
        let other = || to_one.send(2).is_ok().then(|| other_hears.recv()).and_then(Result::ok);

        assert_eq!(both(one, other), (Some(2), Some(1)));
    }

    #[test]
    fn a_panic_of_either_comes_out() {
        let said = |one: fn() -> u8, other: fn() -> u8| {
            let panic = catch_unwind(AssertUnwindSafe(|| both(one, other))).expect_err("a panic");
            panic.downcast_ref::<&str>().map(ToString::to_string)
        };

        assert_eq!(said(|| panic!("of one"), || 0).as_deref(), Some("of one"));
        assert_eq!(said(|| 0, || panic!("of the other")).as_deref(), Some("of the other"));
    }
}
