//! The terminal: taken, drawn on, and given back as it was, whatever ends us. The TUI's only file
//! that touches standard output, the environment and the panic hook.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _, Write};
use std::panic::PanicHookInfo;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::ThreadId;

use crossterm::cursor::{Hide, Show};
use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange, Event as Input, KeyEventKind,
};
use crossterm::execute;
use crossterm::terminal::{
    EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use super::model::MouseMode;
use super::msg::{Event, Msg};
use super::pen;
use super::reply::{ASK_GROUND, Heard, Reply};
use super::theme::{Depth, Drawing, Ground, Theme, ThemeError, Wanted, chosen};
use crate::clipboard::{Clipboard, Preferred, Surroundings};
use crate::config::Config;
use crate::present::words;
use crate::system;

/// Whether the terminal is in our modes: the panic hook and the guard both give it back, once.
static HELD: AtomicBool = AtomicBool::new(false);
/// Where the last worker panicked. Without its message, which may hold text of a cache.
static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

/// Clicks and the wheel in SGR coordinates; no motion, so that an idle mouse sends nothing.
const MOUSE_ON: &[u8] = b"\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &[u8] = b"\x1b[?1006l\x1b[?1000l";

/// Whether the window has a title of ours, and its own waits in the terminal.
static TITLED: AtomicBool = AtomicBool::new(false);
const KEEP_TITLE: &[u8] = b"\x1b[22;2t";
const TITLE_BACK: &[u8] = b"\x1b[23;2t";

fn write_title(out: &mut impl Write, title: &str) -> io::Result<()> {
    if title.is_empty() { Ok(()) } else { write!(out, "\x1b]2;{title}\x1b\\") }
}

/// The terminal in our hands; given back on drop.
pub(super) struct Screen {
    /// What is on the screen, and where the cursor stands; `None` where nobody knows.
    shown: Option<(Buffer, Option<Position>)>,
    /// The frame before, to be painted over: a fresh one costs more than the painting.
    spare: Buffer,
    mouse: MouseMode,
    /// The title of the window, where one may be set.
    title: Option<String>,
    awaited: Arc<AtomicBool>,
}

/// Whether there is a terminal to draw on at all.
pub(super) fn is_there() -> bool {
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    io::stdin().is_terminal() && io::stdout().is_terminal() && !dumb
}

/// The theme that was asked for by name or, if none was, that of the settings, and why those could not be followed: what
/// only they ask for, and is not to be had, is no reason to stop.
pub(super) fn looks(
    wish: Option<&str>,
    config: &Config,
    colours: Option<Wanted>,
    drawing: Drawing,
) -> Result<(Theme, Option<String>), ThemeError> {
    let theme = |wish: &str| theme(wish, colours, drawing);
    if let Some(wish) = wish {
        return Ok((theme(wish)?, None));
    }
    let wish = config.theme(std::env::home_dir().as_deref()).unwrap_or_else(|| AUTO.to_owned());
    match theme(&wish) {
        Ok(theme) => Ok((theme, None)),
        Err(error) => Ok((theme(AUTO)?, Some(words::error(&error)))),
    }
}

const AUTO: &str = "auto";

/// The theme called `wish`, as this terminal can show it.
fn theme(wish: &str, wanted: Option<Wanted>, drawing: Drawing) -> Result<Theme, ThemeError> {
    // crossterm writes a full reset instead of a colour under NO_COLOR, which would wipe the
    // reversed cursor line: our own theme leaves the colours out instead.
    crossterm::style::force_color_output(true);
    let read = |path: &Path| -> io::Result<String> {
        let mut text = String::new();
        File::open(path)?.take(THEME_BYTES).read_to_string(&mut text)?;
        Ok(text)
    };
    let mut theme = chosen(wish, wanted.unwrap_or_else(|| Wanted::read(&variable)), &read)?;
    theme.depth = Depth::read(&variable);
    theme.ground = Ground::hinted(&variable("COLORFGBG").unwrap_or_default());
    theme.drawing = drawing;
    Ok(theme)
}

/// More than any theme needs.
const THEME_BYTES: u64 = 64 << 10;

/// An environment variable that is set to something.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The clipboard that `config` wants, under the administrator's law.
pub(super) fn clipboard(config: &Config) -> Clipboard {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let preferred = Preferred::named(&config.settings.clipboard_route());
    Clipboard::new(Surroundings::read(&is_set)).preferring(preferred).under(config.policy.law.clone())
}

/// Whether clicks and the wheel are taken: `SALTCELLAR_MOUSE` counts more than the settings.
pub(super) fn wants_mouse(settings: bool) -> bool {
    match std::env::var("SALTCELLAR_MOUSE") {
        Ok(value) if !value.is_empty() => !["0", "false", "no", "off"].contains(&value.to_lowercase().as_str()),
        Ok(_) | Err(_) => settings,
    }
}

/// The size of the screen; 80x24 where the terminal does not tell.
pub(super) fn size() -> Size {
    crossterm::terminal::size().map_or(Size::new(80, 24), |(width, height)| Size { width, height })
}

impl Screen {
    /// Takes the terminal, to draw on it as `theme` says.
    pub(super) fn take(theme: Theme, mouse: MouseMode) -> io::Result<Self> {
        // The console of Linux knows neither titles nor answers.
        let is_window = variable("TERM").is_none_or(|term| term != "linux");
        let title = (is_window && !theme.is_plain()).then(String::new);
        let awaited = Arc::new(AtomicBool::new(false));
        let screen = Self { shown: None, spare: Buffer::default(), mouse, title, awaited };
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
        if let Some(title) = &self.title {
            out.write_all(KEEP_TITLE)?;
            TITLED.store(true, Ordering::SeqCst);
            write_title(&mut out, title)?;
        }
        out.flush()
    }

    /// Draws with `paint`, if anything differs from what is shown: an idle screen gets no byte. In `held` it stays as it
    /// is, if it is known.
    pub(super) fn draw(
        &mut self,
        size: Size,
        held: Option<Rect>,
        paint: impl Fn(Rect, &mut Buffer) -> Option<Position>,
    ) -> io::Result<()> {
        let area = Rect::new(0, 0, size.width, size.height);
        let mut next = std::mem::take(&mut self.spare);
        next.resize(area);
        next.reset();
        let cursor = paint(area, &mut next);
        pen::plain_blanks(&mut next);
        if let Some((room, (shown, _))) = held.zip(self.shown.as_ref()) {
            pen::keep(shown, room, &mut next);
        }
        if self.shown.as_ref().is_some_and(|(shown, at)| *shown == next && *at == cursor) {
            self.spare = next;
            return Ok(());
        }
        // It may have been resized since: then it says so soon, and what is painted for another size fits nowhere.
        if self::size() == size {
            let shown = self.shown.as_ref().map(|(shown, at)| (shown, *at));
            send(&pen::frame(shown, &next, cursor))?;
            self.spare = self.shown.replace((next, cursor)).map(|(shown, _)| shown).unwrap_or_default();
        }
        Ok(())
    }

    /// Lays out a frame that nobody sees: what the first one touches is in memory then.
    pub(super) fn rehearse(&mut self, size: Size, paint: impl Fn(Rect, &mut Buffer) -> Option<Position>) {
        let area = Rect::new(0, 0, size.width, size.height);
        self.spare.resize(area);
        let cursor = paint(area, &mut self.spare);
        pen::plain_blanks(&mut self.spare);
        std::hint::black_box(pen::frame(None, &self.spare, cursor));
    }

    /// Names the window, if it has another name yet; `title` is safe already.
    pub(super) fn title(&mut self, title: String) -> io::Result<()> {
        if self.title.as_ref().is_none_or(|before| *before == title) {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        write_title(&mut out, &title)?;
        self.title = Some(title);
        out.flush()
    }

    /// Asks the terminal for its background; the answer comes among the keys, or never.
    pub(super) fn ask_ground(&self) -> io::Result<()> {
        if variable("TERM").is_some_and(|term| term == "linux") {
            return Ok(());
        }
        self.awaited.store(true, Ordering::SeqCst);
        self.raw(ASK_GROUND)
    }

    /// Forgets what is shown: the next frame is drawn whole.
    pub(super) fn repaint(&mut self) {
        self.shown = None;
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
        send(bytes)
    }

    /// Gives the terminal back, stops this process, and takes the terminal again once woken.
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        give_back();
        system::suspend()?;
        self.repaint();
        self.enter()
    }
}

/// Sends `bytes` at once.
fn send(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

/// Undoes every mode that [`Screen::enter`] set, once; what fails can be told to nobody.
fn give_back() {
    if !HELD.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = io::stdout().lock();
    _ = out.write_all(MOUSE_OFF);
    if TITLED.swap(false, Ordering::SeqCst) {
        _ = out.write_all(TITLE_BACK);
    }
    _ = execute!(out, EndSynchronizedUpdate, DisableFocusChange, DisableBracketedPaste, Show, LeaveAlternateScreen);
    _ = disable_raw_mode();
}

/// Sends keys, clicks, answers and the like from a thread of its own.
pub(super) fn listen(screen: &Screen, tell: Sender<Event>) -> io::Result<()> {
    let awaited = Arc::clone(&screen.awaited);
    let tell_end = tell.clone();
    let read = move || {
        let mut reply = Reply::default();
        while let Ok(heard) = hear(&mut reply, &awaited) {
            for event in heard.into_iter().filter_map(event) {
                if tell.send(event).is_err() {
                    return;
                }
            }
        }
        _ = tell.send(Event::InputEnded);
    };
    // Crossterm reads on for ever at the end of a terminal that is gone.
    let await_end = move || {
        if system::await_hangup() {
            _ = tell_end.send(Event::InputEnded);
        }
    };
    std::thread::Builder::new().name("saltcellar hangup".to_owned()).spawn(await_end)?;
    std::thread::Builder::new().name("saltcellar input".to_owned()).spawn(read).map(drop)
}

/// Waits for the next input; while an answer is awaited, what begins like one is held back for a moment.
fn hear(reply: &mut Reply, awaited: &AtomicBool) -> io::Result<Vec<Heard>> {
    if reply.is_open() && !crossterm::event::poll(Reply::PATIENCE)? {
        return Ok(reply.give_up());
    }
    let input = crossterm::event::read()?;
    if !awaited.load(Ordering::SeqCst) {
        let held = reply.give_up().into_iter();
        return Ok(held.chain([Heard::Input(input)]).collect());
    }
    let heard = reply.take(input);
    if heard.iter().any(|heard| matches!(heard, Heard::Ground(_))) {
        awaited.store(false, Ordering::SeqCst);
    }
    Ok(heard)
}

fn event(heard: Heard) -> Option<Event> {
    let msg = match heard {
        Heard::Ground(ground) => Msg::Ground(ground),
        Heard::Input(Input::Key(key)) if key.kind == KeyEventKind::Release => return None,
        Heard::Input(Input::Key(key)) => Msg::Key(key),
        Heard::Input(Input::Paste(text)) => Msg::Paste(text),
        Heard::Input(Input::Mouse(mouse)) => Msg::Mouse(mouse),
        Heard::Input(Input::Resize(width, height)) => Msg::Resize(Size { width, height }),
        Heard::Input(Input::FocusLost) => Msg::FocusLost,
        Heard::Input(Input::FocusGained) => return None,
    };
    Some(Event::Msg(msg))
}

/// Says `lines` where the shell's own words stand; the terminal must be given back.
pub(super) fn say(lines: &[String]) {
    let mut out = io::stderr().lock();
    for line in lines {
        // Whoever closed it does not want to know.
        _ = writeln!(out, "saltcellar: {line}");
    }
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
