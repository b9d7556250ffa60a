//! The two calls of Windows. Without entropy, as every MSAL; the description and the scope stay as they were. Shows no
//! window, and falls back to nothing.

use std::io;

use windows_sys::Win32::Foundation::LocalFree;
use windows_sys::Win32::Security::Cryptography::{
    CRYPT_INTEGER_BLOB, CRYPTPROTECT_UI_FORBIDDEN, CryptProtectData, CryptUnprotectData,
};
use zeroize::Zeroize as _;

use super::blob::{refused, scope_of};
use crate::seal::sniff::Mark;
use crate::seal::{Seal, SealError, SealTrouble};
use crate::secret::SecretBytes;

/// DPAPI of this user.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dpapi;

impl Seal for Dpapi {
    fn name(&self) -> &'static str {
        "DPAPI"
    }

    fn open(&self, sealed: SecretBytes) -> Result<SecretBytes, SealError> {
        Ok(unprotect(&sealed)?.plain)
    }

    fn close(&self, plain: SecretBytes, was: &SecretBytes) -> Result<SecretBytes, SealError> {
        let described = unprotect(was)?;
        protect(&plain, &described.description, scope_of(was.reveal()))
    }
}

/// What was in a blob.
struct Unprotected {
    plain: SecretBytes,
    /// UTF-16 that ends in 0; empty where there was none.
    description: Vec<u16>,
}

#[expect(unsafe_code, reason = "DPAPI is a call of Windows")]
fn unprotect(sealed: &SecretBytes) -> Result<Unprotected, SealError> {
    let (input, mut output, mut description) = (blob_of(sealed)?, EMPTY, std::ptr::null_mut());
    // SAFETY: `input` lies in `sealed`, which outlives the call and is not written to; the rest are places for answers.
    let done = unsafe {
        CryptUnprotectData(
            &raw const input,
            &raw mut description,
            std::ptr::null(),
            std::ptr::null(),
            std::ptr::null(),
            CRYPTPROTECT_UI_FORBIDDEN,
            &raw mut output,
        )
    };
    let plain = Answer { blob: output, done: done != 0 }.taken();
    let description = Text(description).taken();
    Ok(Unprotected { plain: plain?, description })
}

#[expect(unsafe_code, reason = "DPAPI is a call of Windows")]
fn protect(plain: &SecretBytes, description: &[u16], scope: u32) -> Result<SecretBytes, SealError> {
    let (input, mut output) = (blob_of(plain)?, EMPTY);
    let description = if description.is_empty() { std::ptr::null() } else { description.as_ptr() };
    // SAFETY: `input` lies in `plain`, which outlives the call and is not written to; the description ends in 0.
    let done = unsafe {
        CryptProtectData(
            &raw const input,
            description,
            std::ptr::null(),
            std::ptr::null(),
            std::ptr::null(),
            CRYPTPROTECT_UI_FORBIDDEN | scope,
            &raw mut output,
        )
    };
    Answer { blob: output, done: done != 0 }.taken()
}

const EMPTY: CRYPT_INTEGER_BLOB = CRYPT_INTEGER_BLOB { cbData: 0, pbData: std::ptr::null_mut() };

/// The form in which the calls take bytes; they do not write to it.
fn blob_of(bytes: &SecretBytes) -> Result<CRYPT_INTEGER_BLOB, SealError> {
    let len = u32::try_from(bytes.len()).map_err(|_| damaged("it is longer than DPAPI takes"))?;
    Ok(CRYPT_INTEGER_BLOB { cbData: len, pbData: bytes.reveal().as_ptr().cast_mut() })
}

/// Bytes that the system made and we must free.
struct Answer {
    blob: CRYPT_INTEGER_BLOB,
    done: bool,
}

impl Answer {
    /// The bytes, in memory of ours.
    #[expect(unsafe_code, reason = "the system's answer is a pointer and a length")]
    fn taken(self) -> Result<SecretBytes, SealError> {
        if !self.done {
            let error = io::Error::last_os_error();
            return Err(refused(error.raw_os_error().unwrap_or_default(), &error.to_string()));
        }
        let len = usize::try_from(self.blob.cbData).map_err(|_| damaged("its length is none"))?;
        // SAFETY: the call succeeded, so `pbData` is `cbData` bytes of memory that is ours until it is freed.
        let theirs = unsafe { std::slice::from_raw_parts_mut(self.blob.pbData, len) };
        let ours = SecretBytes::new(theirs.to_vec());
        theirs.zeroize();
        // SAFETY: allocated by the call, freed here alone; nothing borrows it any more.
        unsafe { LocalFree(self.blob.pbData.cast()) };
        Ok(ours)
    }
}

/// A text that the system made and we must free; null where it made none.
struct Text(*mut u16);

impl Text {
    #[expect(unsafe_code, reason = "the system's answer is a pointer to a text that ends in 0")]
    fn taken(self) -> Vec<u16> {
        if self.0.is_null() {
            return Vec::new();
        }
        let mut text = Vec::new();
        // SAFETY: the call made a text that ends in 0: it is read up to there and no further.
        while unsafe { *self.0.add(text.len()) } != 0 {
            // SAFETY: the same letter as above.
            text.push(unsafe { *self.0.add(text.len()) });
        }
        text.push(0);
        // SAFETY: allocated by the call, freed here alone.
        unsafe { LocalFree(self.0.cast()) };
        text
    }
}

fn damaged(why: &str) -> SealError {
    SealError::new(Mark::Dpapi.by(), SealTrouble::Damaged).because(why)
}
