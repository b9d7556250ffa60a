//! Large pages for a large buffer that is about to be filled: making memory page by page costs more than reading the
//! file into it. A hint and nothing more: whether the system follows it is not asked.

/// Asks that the pages of `room` be large ones where the system has them.
pub(super) fn advise(room: &mut [u8]) {
    #[cfg(target_os = "linux")]
    advise_linux(room);
    #[cfg(not(target_os = "linux"))]
    let _ = room;
}

#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "madvise takes a pointer; this advice changes no byte and no permission")]
fn advise_linux(room: &mut [u8]) {
    use rustix::mm::{Advice, madvise};

    // The system takes whole pages only: what lies before the first is left out.
    let page = rustix::param::page_size();
    let before = room.as_ptr().align_offset(page);
    let Some(inside) = room.get_mut(before..) else { return };
    // SAFETY: the range lies within `inside`, which we borrow alone, and MADV_HUGEPAGE leaves its content as it is.
    let _refused = unsafe { madvise(inside.as_mut_ptr().cast(), inside.len(), Advice::LinuxHugepage) };
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
        }

        assert!(room == before);
    }
}
