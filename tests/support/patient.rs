//! Waits for a process with an end to the patience: a test that hangs says nothing, one that fails says where.

use std::io::Read;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Runs `command` to its end and to that of its output; after `patience` all that it started is ended, and what it had
/// said so far is the error.
pub(crate) fn output(command: &mut Command, patience: Duration) -> Result<Output, String> {
    let piped = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    // A group of its own, so that whatever it started can be ended with it.
    let mut child = piped.process_group(0).spawn().expect("it starts");
    let end = Instant::now() + patience;
    let out = gathered(child.stdout.take().expect("piped"));
    let err = gathered(child.stderr.take().expect("piped"));
    let (stdout, stdout_ended) = until(&out, end);
    let (stderr, stderr_ended) = until(&err, end);
    let status = if stdout_ended && stderr_ended { ended(&mut child, end) } else { None };
    match status {
        Some(status) => Ok(Output { status, stdout, stderr }),
        None => {
            end_group(&child);
            // Its end was just brought about.
            let _ = child.wait();
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            Err(format!("it had said: {}{}", text(&stdout), text(&stderr)))
        }
    }
}

/// What comes out of `pipe`, from a thread of its own.
fn gathered(mut pipe: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (tell, told) = channel();
    std::thread::spawn(move || {
        let mut chunk = vec![0; 4096];
        while let Ok(count @ 1..) = pipe.read(&mut chunk) {
            if tell.send(chunk[..count].to_vec()).is_err() {
                return;
            }
        }
    });
    told
}

/// All that comes before `end`, and whether that is all there is.
fn until(told: &Receiver<Vec<u8>>, end: Instant) -> (Vec<u8>, bool) {
    let mut all = Vec::new();
    loop {
        match told.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(chunk) => all.extend(chunk),
            Err(error) => return (all, error == std::sync::mpsc::RecvTimeoutError::Disconnected),
        }
    }
}

fn ended(child: &mut Child, end: Instant) -> Option<std::process::ExitStatus> {
    loop {
        match child.try_wait().expect("a child of ours") {
            Some(status) => return Some(status),
            None if Instant::now() >= end => return None,
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    }
}

fn end_group(child: &Child) {
    let group = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw);
    // Gone already, if it cannot be ended.
    let _ = group.map(|group| rustix::process::kill_process_group(group, rustix::process::Signal::KILL));
}

/// Of the waits themselves.
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_ends_is_given_whole() {
        let done = output(Command::new("sh").args(["-c", "echo a; echo b >&2; exit 3"]), Duration::from_secs(20));

        let done = done.expect("it ends");
        assert_eq!((done.status.code(), &*done.stdout, &*done.stderr), (Some(3), &b"a\n"[..], &b"b\n"[..]));
    }

    #[test]
    fn one_that_does_not_end_is_ended_with_all_that_it_started_and_what_it_said_is_told() {
        let began = Instant::now();

        let late = output(Command::new("sh").args(["-c", "echo a; sleep 60 & sleep 60"]), Duration::from_millis(300));

        assert!(late.is_err_and(|said| said.contains("it had said: a")));
        assert!(began.elapsed() < Duration::from_secs(30));
    }
}
