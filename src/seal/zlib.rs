//! Zlib with a lid: what swells beyond the size of a session is refused before it is made. Leaves no text in freed memory.

use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, TDEFLStatus, compress, create_comp_flags_from_zip_params,
};
use miniz_oxide::inflate::{TINFLStatus, decompress_slice_iter_to_slice};

use crate::seal::session::LIMIT;
use crate::secret::SecretBytes;

/// Why a stream does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Error {
    Broken,
    TooLarge,
}

/// The bytes that `packed` swells to.
pub(super) fn inflate(packed: &[u8]) -> Result<SecretBytes, Error> {
    let mut size = packed.len().saturating_mul(4).clamp(4096, LIMIT);
    loop {
        let mut room = SecretBytes::new(vec![0; size]);
        match decompress_slice_iter_to_slice(room.as_room(), std::iter::once(packed), true, false) {
            Ok(len) => {
                room.truncate(len);
                return Ok(room);
            }
            Err(TINFLStatus::HasMoreOutput) if size < LIMIT => size = (size * 2).min(LIMIT),
            Err(TINFLStatus::HasMoreOutput) => return Err(Error::TooLarge),
            Err(_) => return Err(Error::Broken),
        }
    }
}

/// `plain` as Python's `zlib.compress` would make it small; `None` if it does not get small enough.
pub(super) fn deflate(plain: &[u8]) -> Option<SecretBytes> {
    let mut room = SecretBytes::new(vec![0; plain.len() + plain.len() / 8 + 1024]);
    let mut compressor = CompressorOxide::new(create_comp_flags_from_zip_params(6, 15, 0));
    let (status, _, len) = compress(&mut compressor, plain, room.as_room(), TDEFLFlush::Finish);
    // Its window still holds the text: something else is put through it.
    compressor.reset();
    _ = compress(&mut compressor, &[0; 3 << 15], &mut [0; 4096], TDEFLFlush::None);
    room.truncate(len);
    (status == TDEFLStatus::Done).then_some(room)
}
