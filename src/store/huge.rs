//! Large pages for memory that is about to be filled: making it page by page costs more than reading a file into it.
//! A hint and nothing more: whether the system follows it is not asked.

use std::hint::black_box;
use std::mem::MaybeUninit;

use crate::threads::both;

/// Has the allocator take `bytes` from the system at once, in large pages, and keep them for what this thread makes next.
/// Left alone, that of glibc asks for each small page that a second thread needs, and all the others wait meanwhile.
pub fn make_room(bytes: usize) {
    // The first time it learns that such a size is nothing to be given back at once.
    for _ in 0..2 {
        let mut room = Vec::<u8>::with_capacity(bytes);
        advise(room.spare_capacity_mut());
        black_box(room);
    }
}

/// Room for a text of so many bytes, in large pages.
#[must_use]
pub fn room_for(bytes: usize) -> String {
    let mut room = Vec::with_capacity(bytes);
    let spare = room.spare_capacity_mut();
    advise(spare);
    if bytes >= WORTH_TWO {
        // Most of the time goes into making the pages, which two threads do twice as fast.
        let (head, tail) = spare.split_at_mut(bytes / 2);
        both(|| populate(tail), || populate(head));
    }
    // Nothing stands in it yet.
    String::from_utf8(room).unwrap_or_default()
}

/// From this size on, two threads make the pages.
const WORTH_TWO: usize = 64 << 20;

/// Asks that the pages of `room` be large ones where the system has them.
pub(super) fn advise<T: Byte>(room: &mut [T]) {
    #[cfg(target_os = "linux")]
    advise_linux(room, rustix::mm::Advice::LinuxHugepage);
    #[cfg(not(target_os = "linux"))]
    let _ = room;
}

/// Asks for the pages of `room` at once, instead of when they are first written to.
fn populate<T: Byte>(room: &mut [T]) {
    #[cfg(target_os = "linux")]
    advise_linux(room, rustix::mm::Advice::LinuxPopulateWrite);
    #[cfg(not(target_os = "linux"))]
    let _ = room;
}

/// What takes one byte, be it filled or not.
pub(super) trait Byte {}

impl Byte for u8 {}
impl Byte for MaybeUninit<u8> {}

#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "madvise takes a pointer; this advice changes no byte and no permission")]
fn advise_linux<T: Byte>(room: &mut [T], advice: rustix::mm::Advice) {
    use rustix::mm::madvise;

    // The system takes whole pages only: what lies before the first is left out.
    let page = rustix::param::page_size();
    let before = room.as_ptr().cast::<u8>().align_offset(page);
    let Some(inside) = room.get_mut(before..) else { return };
    // SAFETY: the range lies within `inside`, which we borrow alone, and both kinds of advice (MADV_HUGEPAGE and
    // MADV_POPULATE_WRITE) leave its content as it is.
    let _refused = unsafe { madvise(inside.as_mut_ptr().cast(), inside.len(), advice) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_changes_nothing_at_any_address_and_length() {
        let mut room: Vec<u8> = (0..9_000_000u32).map(|at| (at % 251) as u8).collect();
        let before = room.clone();

        for from in [0, 1, 4095, 8_999_999, 9_000_000] {
            advise(&mut room[from..]);
            populate(&mut room[from..]);
        }

        assert!(room == before);
    }

    #[test]
    fn room_of_any_size_is_made() {
        [0, 1, 5000, 9_000_000].into_iter().for_each(make_room);
        for bytes in [0, 5000, WORTH_TWO - 1, WORTH_TWO + 1] {
            let mut room = room_for(bytes);
            let there = room.as_ptr();

            room.extend(std::iter::repeat_n('x', bytes));

            assert_eq!((room.capacity(), room.as_ptr()), (bytes, there), "it never has to grow");
        }
    }
}
