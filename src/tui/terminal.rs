//! The terminal: taken, drawn on, and given back as it was, whatever ends us. The TUI's only file
//! that touches standard output, the environment and the panic hook.

use std::cell::RefCell;
use std::io::{self, IsTerminal as _, Write};
use std::panic::PanicHookInfo;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Mutex, PoisonError};
use std::thread::ThreadId;

use crossterm::cursor::{Hide, Show};
use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange, Event as Input, KeyEventKind,
};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::backend::CrosstermBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use signal_hook::consts::{SIGALRM, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2, SIGXCPU};
use signal_hook::iterator::Signals;

use super::model::MouseMode;
use super::msg::{Event, Msg};
use super::theme::{Palette, Theme};
use crate::clipboard::Surroundings;

/// Whether the terminal is in our modes: the panic hook and the guard both give it back, once.
static HELD: AtomicBool = AtomicBool::new(false);
/// Where the last worker panicked. Without its message, which may hold text of a cache.
static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

/// What ends us, or suspends us: each would leave the terminal as it is, or a lock behind.
const SIGNALS: [i32; 9] = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU, SIGTSTP];

/// Clicks and the wheel in SGR coordinates; no motion, so that an idle mouse sends nothing.
const MOUSE_ON: &[u8] = b"\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &[u8] = b"\x1b[?1006l\x1b[?1000l";

/// The terminal in our hands; given back on drop.
pub(super) struct Screen {
    inner: ratatui::Terminal<CrosstermBackend<Frames>>,
    frames: Frames,
    shown: Option<Buffer>,
    /// The frame before, to be painted over: a fresh one costs more than the painting.
    spare: Buffer,
    mouse: MouseMode,
}

/// Gathers a frame's bytes, so that the terminal gets them at once and shows no half of them.
#[derive(Clone, Default)]
struct Frames(Rc<RefCell<Vec<u8>>>);

impl Write for Frames {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    /// The backend flushes several times a frame: only [`Frames::send`] sends.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Frames {
    fn send(&self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        queue!(out, BeginSynchronizedUpdate)?;
        out.write_all(&self.0.borrow())?;
        queue!(out, EndSynchronizedUpdate)?;
        self.0.borrow_mut().clear();
        out.flush()
    }
}

/// Whether there is a terminal to draw on at all.
pub(super) fn is_there() -> bool {
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    io::stdin().is_terminal() && io::stdout().is_terminal() && !dumb
}

/// The colours that the user wants.
pub(super) fn theme() -> Theme {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    // crossterm writes a full reset instead of a colour under NO_COLOR, which would wipe the
    // reversed cursor line: our own palette leaves the colours out instead.
    crossterm::style::force_color_output(true);
    Theme { palette: if plain { Palette::Mono } else { Palette::Ansi } }
}

/// What the environment says of the clipboard.
pub(super) fn surroundings() -> Surroundings {
    Surroundings::read(&|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// The size of the screen; 80x24 where the terminal does not tell.
pub(super) fn size() -> Size {
    crossterm::terminal::size().map_or(Size::new(80, 24), |(width, height)| Size { width, height })
}

impl Screen {
    /// Takes the terminal.
    pub(super) fn take() -> io::Result<Self> {
        let frames = Frames::default();
        let inner = ratatui::Terminal::new(CrosstermBackend::new(frames.clone()))?;
        let screen = Self { inner, frames, shown: None, spare: Buffer::default(), mouse: MouseMode::Captured };
        screen.enter()?;
        Ok(screen)
    }

    fn enter(&self) -> io::Result<()> {
        enable_raw_mode()?;
        HELD.store(true, Ordering::SeqCst);
        let mut out = io::stdout().lock();
        execute!(out, EnterAlternateScreen, EnableBracketedPaste, EnableFocusChange, Hide)?;
        match self.mouse {
            MouseMode::Captured => out.write_all(MOUSE_ON)?,
            MouseMode::Free => {}
        }
        out.flush()
    }

    /// Draws with `paint`, if anything differs from what is shown: an idle screen gets no byte.
    pub(super) fn draw(&mut self, size: Size, paint: impl Fn(Rect, &mut Buffer)) -> io::Result<()> {
        let area = Rect::new(0, 0, size.width, size.height);
        let mut next = std::mem::take(&mut self.spare);
        next.resize(area);
        next.reset();
        paint(area, &mut next);
        if self.shown.as_ref() == Some(&next) {
            self.spare = next;
            return Ok(());
        }
        self.inner.draw(|frame| {
            // The terminal may have been resized since: what lies outside is cut off.
            let target = frame.buffer_mut();
            if target.area == next.area {
                target.clone_from(&next);
            }
        })?;
        self.spare = self.shown.replace(next).unwrap_or_default();
        self.frames.send()
    }

    /// Forgets what is shown: the next frame is drawn whole.
    pub(super) fn repaint(&mut self, size: Size) -> io::Result<()> {
        self.shown = None;
        self.inner.resize(Rect::new(0, 0, size.width, size.height))
    }

    /// Takes or frees the mouse.
    pub(super) fn mouse(&mut self, mode: MouseMode) -> io::Result<()> {
        self.mouse = mode;
        self.raw(match mode {
            MouseMode::Captured => MOUSE_ON,
            MouseMode::Free => MOUSE_OFF,
        })
    }

    /// Sends bytes to the terminal as they are.
    pub(super) fn raw(&self, bytes: &[u8]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(bytes)?;
        out.flush()
    }

    /// Gives the terminal back, stops this process, and takes the terminal again once woken.
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        give_back();
        signal_hook::low_level::emulate_default_handler(SIGTSTP)?;
        self.enter()?;
        self.repaint(size())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

/// Stops the process group, as the terminal itself does for ctrl-z: a wrapper script stops with us.
/// Our own handler sees the signal too and calls [`Screen::suspend`].
pub(super) fn stop_group() -> io::Result<()> {
    Ok(rustix::process::kill_current_process_group(rustix::process::Signal::TSTP)?)
}

/// Undoes every mode that [`Screen::enter`] set, once; what fails can be told to nobody.
fn give_back() {
    if !HELD.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = io::stdout().lock();
    _ = out.write_all(MOUSE_OFF);
    _ = execute!(out, EndSynchronizedUpdate, DisableFocusChange, DisableBracketedPaste, Show, LeaveAlternateScreen);
    _ = disable_raw_mode();
}

/// Sends keys, clicks and the like from a thread of its own.
pub(super) fn listen(tell: Sender<Event>) -> io::Result<()> {
    let read = move || {
        while let Some(event) = next_event() {
            if tell.send(event).is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new().name("saltcellar input".to_owned()).spawn(read).map(drop)
}

fn next_event() -> Option<Event> {
    loop {
        let Ok(input) = crossterm::event::read() else { return Some(Event::InputEnded) };
        let msg = match input {
            Input::Key(key) if key.kind == KeyEventKind::Release => continue,
            Input::Key(key) => Msg::Key(key),
            Input::Paste(text) => Msg::Paste(text),
            Input::Mouse(mouse) => Msg::Mouse(mouse),
            Input::Resize(width, height) => Msg::Resize(Size { width, height }),
            Input::FocusLost => Msg::FocusLost,
            Input::FocusGained => continue,
        };
        return Some(Event::Msg(msg));
    }
}

/// Sends signals that end or suspend us from a thread of its own; the handle ends it.
pub(super) fn signals(tell: Sender<Event>) -> io::Result<signal_hook::iterator::Handle> {
    let mut signals = Signals::new(SIGNALS)?;
    let handle = signals.handle();
    let forward = move || {
        for signal in signals.forever() {
            // The loop may have ended: then nobody needs to know.
            _ = tell.send(Event::Signal(signal));
        }
    };
    std::thread::Builder::new().name("saltcellar signals".to_owned()).spawn(forward)?;
    Ok(handle)
}

/// Whether `signal` suspends rather than ends.
pub(super) fn suspends(signal: i32) -> bool {
    signal == SIGTSTP
}

/// From now on a panic on this thread gives the terminal back and says where, never what: the
/// message may hold text of a cache. On any other thread it is only noted; the screen goes on.
pub(super) fn hook_panics() {
    let screen = std::thread::current().id();
    std::panic::set_hook(Box::new(move |info| panicked(screen, info)));
}

/// Where the last worker panicked.
pub(super) fn last_panic() -> String {
    LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn panicked(screen: ThreadId, info: &PanicHookInfo<'_>) {
    let place = info.location().map_or_else(String::new, |at| format!("{}:{}", at.file(), at.line()));
    if std::thread::current().id() == screen {
        give_back();
        _ = writeln!(io::stderr(), "saltcellar stopped at {place}: this is a fault of ours; please report it");
        return;
    }
    *LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner) = place;
}
