//! Processes of Windows: whether one runs, since when, and its program. Asks for no more rights than that takes.

use std::io;
use std::path::PathBuf;
use std::process::{Child, ExitStatus};
use std::time::Duration;

use windows_sys::Win32::Foundation::{
    CloseHandle, ERROR_ACCESS_DENIED, ERROR_INVALID_PARAMETER, FILETIME, HANDLE, STILL_ACTIVE,
};
use windows_sys::Win32::System::Threading::{
    GetExitCodeProcess, GetProcessTimes, OpenProcess, PROCESS_NAME_WIN32, PROCESS_QUERY_LIMITED_INFORMATION,
    QueryFullProcessImageNameW,
};

use crate::system::Running;

/// Windows has no umask: a new file inherits the access list of its folder.
#[derive(Clone, Copy, Debug)]
pub struct Umask(());

/// Windows keeps no core files, and a new file inherits the access list of its folder: nothing is changed.
pub fn harden() -> Umask {
    Umask(())
}

/// The system has no such switch.
pub fn shut_out_debuggers() {}

/// The system has no such switch.
pub fn forbid_writes() -> bool {
    false
}

/// Runs `work`.
pub fn under<T>(_umask: Umask, work: impl FnOnce() -> T) -> T {
    work()
}

/// Whether there is a process `pid`, or one that ended and is not let go yet.
#[must_use]
pub fn is_running(pid: u32) -> Running {
    match Process::open(pid) {
        Ok(process) if process.has_ended() => Running::No,
        Ok(_) => Running::Yes,
        Err(error) => match error.raw_os_error().map(i32::cast_unsigned) {
            // What the system says of a number that no process has.
            Some(ERROR_INVALID_PARAMETER) if pid != 0 => Running::No,
            Some(ERROR_ACCESS_DENIED) => Running::Yes,
            _ => Running::Untold,
        },
    }
}

/// When the process `pid` was started, since 1970.
#[must_use]
pub fn started(pid: u32) -> Option<Duration> {
    Process::open(pid).ok()?.started()
}

/// The name of the program that runs as `pid`, without `.exe`.
#[must_use]
pub fn program(pid: u32) -> Option<String> {
    let image = Process::open(pid).ok()?.image()?;
    Some(image.file_stem()?.to_string_lossy().into_owned())
}

/// The console sends ctrl-c and the like to the child itself.
pub fn hand_on(_signal: u8, _child: &Child) {}

/// The exit code of a command; `None` for one that does not fit, such as that of a crash.
#[must_use]
pub fn code_of(status: &ExitStatus) -> Option<u8> {
    status.code().and_then(|code| u8::try_from(code).ok())
}

/// There are no stopped processes here.
///
/// # Errors
/// None.
pub fn stop_group() -> io::Result<()> {
    Ok(())
}

/// From 1601, whence Windows counts, to 1970.
const BEFORE_1970: Duration = Duration::from_secs(11_644_473_600);
/// The longest path that Windows knows, in UTF-16.
const LONGEST: usize = 32_768;

/// A process that may be asked; let go when dropped.
struct Process(HANDLE);

#[expect(unsafe_code, reason = "the calls of Windows about processes are no safe Rust")]
impl Process {
    fn open(pid: u32) -> io::Result<Self> {
        // SAFETY: takes no pointer; the handle is closed by `drop` alone.
        let handle = unsafe { OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, pid) };
        if handle.is_null() { Err(io::Error::last_os_error()) } else { Ok(Self(handle)) }
    }

    fn has_ended(&self) -> bool {
        let mut code = 0;
        // SAFETY: the handle is open, and `code` outlives the call.
        let told = unsafe { GetExitCodeProcess(self.0, &raw mut code) };
        told != 0 && code != STILL_ACTIVE.cast_unsigned()
    }

    fn started(&self) -> Option<Duration> {
        let mut times = [FILETIME { dwLowDateTime: 0, dwHighDateTime: 0 }; 4];
        let [start, end, kernel, user] = &mut times;
        // SAFETY: the handle is open, and the four times outlive the call.
        let told = unsafe { GetProcessTimes(self.0, start, end, kernel, user) };
        let ticks = u64::from(start.dwHighDateTime) << 32 | u64::from(start.dwLowDateTime);
        let since_1601 = Duration::new(ticks / 10_000_000, u32::try_from(ticks % 10_000_000).ok()? * 100);
        since_1601.checked_sub(BEFORE_1970).filter(|_| told != 0)
    }

    fn image(&self) -> Option<PathBuf> {
        use std::os::windows::ffi::OsStringExt as _;

        let mut name = vec![0u16; LONGEST];
        let mut len = u32::try_from(LONGEST).ok()?;
        // SAFETY: the handle is open, and `len` tells how much room `name` has.
        let told = unsafe { QueryFullProcessImageNameW(self.0, PROCESS_NAME_WIN32, name.as_mut_ptr(), &raw mut len) };
        let name = name.get(..usize::try_from(len).ok()?).filter(|_| told != 0)?;
        Some(std::ffi::OsString::from_wide(name).into())
    }
}

#[expect(unsafe_code, reason = "a handle is closed by a call of Windows")]
impl Drop for Process {
    fn drop(&mut self) {
        // SAFETY: opened by `open`, closed here and nowhere else.
        unsafe { CloseHandle(self.0) };
    }
}
