//! The loop: takes in what happens, lets `update` decide, carries effects out, draws what `view`
//! paints. Decides nothing itself.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use super::asking::Asker;
use super::clock::ShownClock;
use super::effect::Effect;
use super::farewell;
use super::fault::Fault;
use super::model::{Content, Demo, Model, Moment, MouseMode, Places, Session};
use super::msg::{Event, Msg};
use super::rest::Rest;
use super::terminal::{self, Screen};
use super::theme::{Drawing, Theme, ThemeError, Wanted};
use super::update::update;
use super::view;
use super::wake;
use super::worker::{Crew, Orders};
use crate::cache::demo::{DEMO, DEMO_NOW};
use crate::config::{Concern, Config};
use crate::present::words;
use crate::secret::SecretBytes;
use crate::source::{Access, Passwords, Place, Prompts, Source, password_lists};
use crate::system;
use crate::time::{Clock as _, UnixSeconds};

/// What the command line asked for.
#[derive(Clone, Debug)]
pub struct Options {
    /// The caches to open; none = the plaintext ones found on this machine.
    pub places: Vec<Place>,
    /// Why nothing may be written, if so ("--readonly").
    pub readonly: Option<String>,
    /// The user's settings.
    pub config: Config,
    /// Show invented data.
    pub demo: bool,
    /// Read the caches as if it were this moment (Unix seconds); the clock goes on from there.
    pub at: Option<UnixSeconds>,
    /// Write through symlinks.
    pub follow_symlink: bool,
    /// How long to wait for a lock.
    pub wait: Duration,
    /// The name of a theme, or the path of its file.
    pub theme: Option<String>,
    /// Whether the command line wants colours; if it does not say, the environment does.
    pub colours: Option<Wanted>,
    /// With what the screen is drawn.
    pub drawing: Drawing,
    /// Breaks off the wait for a lock; set here by esc and by the end of the program.
    pub cancel: Arc<AtomicBool>,
}

/// Why the TUI could not run, or ended early.
#[derive(Debug, thiserror::Error)]
pub enum TuiError {
    /// Standard input or output is no terminal, or a dumb one.
    #[error("there is no terminal to draw on")]
    NoTerminal,
    /// The terminal could not be used.
    #[error("cannot use the terminal")]
    Terminal(#[from] io::Error),
    /// There is no such theme.
    #[error(transparent)]
    Theme(#[from] ThemeError),
    /// A signal ended it; the terminal is given back. The number is the signal's.
    #[error("ended by signal {0}")]
    Signal(i32),
}

/// Runs the TUI until the user quits.
///
/// # Errors
/// There is no terminal, it failed, or a signal came; the terminal is given back in any case.
pub fn run(options: Options) -> Result<(), TuiError> {
    if !terminal::is_there() {
        return Err(TuiError::NoTerminal);
    }
    // Before any thread is started: those that run already would not be held back.
    _ = options.readonly.is_some() && system::forbid_writes();
    let (theme, fault) = terminal::looks(options.theme.as_deref(), &options.config, options.colours, options.drawing)?;
    terminal::hook_panics();
    let (tell, told) = channel();
    let clock = ShownClock::new(options.at.or_else(|| options.demo.then_some(DEMO_NOW)));
    let mut model = first_model(&options, theme, clock.read());
    let asker = Arc::new(Asker::new(tell.clone()));
    let crew = Crew::new(orders(&options, tell.clone(), &model, &asker));
    // The caches are read while the terminal is made ready.
    options.places.iter().for_each(|place| crew.open(place));
    let opened = told.try_iter().take(options.places.len());
    opened.for_each(|event| begin_reading(&crew, &mut model, event));
    let teller = tell.clone();
    // The loop may have ended: then nobody needs to know.
    let signals = system::tell_signals(move |signal| _ = teller.send(Event::Signal(signal)))?;
    let screen = Screen::take(theme, model.mouse)?;
    let mut life = Life::new(model, crew, asker, (screen, clock), told);
    let end = match life.start(&options, fault) {
        // What was typed meanwhile waits in the terminal.
        Ok(Course::On) => terminal::listen(&life.screen, tell).map_err(TuiError::from).and_then(|()| life.live()),
        Ok(Course::End) => Ok(()),
        Err(error) => Err(error),
    };
    signals.close();
    let Life { model, crew, screen, told, .. } = life;
    drop(screen);
    crew.end();
    terminal::say(&farewell::words_of(&model, told.try_iter()));
    end
}

/// Takes in that a cache was opened; more than reading it, nobody asks of one that is not shown yet.
fn begin_reading(crew: &Arc<Crew>, model: &mut Model, event: Event) {
    let Event::Msg(msg) = event else { return };
    for effect in update(model, msg) {
        if let Effect::Load { cache, was } = effect {
            crew.load(cache, was);
        } else if let Effect::Scan { cache, number } = effect {
            crew.scan(cache, number);
        }
    }
}

fn first_model(options: &Options, theme: Theme, moment: Moment) -> Model {
    let demo = options.demo.then_some(Demo);
    let session = Session {
        readonly: options.readonly.clone(),
        demo,
        home: std::env::home_dir(),
        config: options.config.clone(),
    };
    let mut model = Model::new(terminal::size(), moment, theme, session);
    if !terminal::wants_mouse(options.config.settings.wants_mouse()) {
        model.mouse = MouseMode::Free;
    }
    if options.places.is_empty() && !options.demo {
        model.places = Places::Searching;
    }
    model
}

fn orders(options: &Options, tell: std::sync::mpsc::Sender<Event>, model: &Model, asker: &Arc<Asker>) -> Orders {
    let access = Access {
        readonly: options.readonly.clone(),
        follow_symlink: options.follow_symlink,
        prompts: if options.readonly.is_some() { Prompts::Never } else { Prompts::Allowed },
        passwords: Passwords::asking(Arc::<Asker>::clone(asker)).with_lists(password_lists()),
        ..Access::under(&options.config)
    };
    Orders {
        tell,
        own: options.config.settings.places.clone(),
        access,
        home: model.session.home.clone(),
        wait: options.wait,
        cancel: Arc::clone(&options.cancel),
        clipboard: terminal::clipboard(&options.config),
    }
}

/// The first frame waits so long for the first rows, which mostly come sooner: then one frame is painted, not two.
const SKELETON_AFTER: Duration = Duration::from_millis(4);

struct Life {
    model: Model,
    crew: Arc<Crew>,
    asker: Arc<Asker>,
    screen: Screen,
    clock: ShownClock,
    told: Receiver<Event>,
    asked: Asked,
    /// Whether the details follow the cursor in a frame of their own.
    rest: Rest,
    /// What goes wrong on purpose at the next key, in a test.
    fails: Option<Fault>,
    struck: Option<Fault>,
}

/// Whether the terminal was asked for its background.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    NotYet,
    Once,
}

/// Whether the loop goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Course {
    On,
    End,
}

impl Life {
    fn new(
        model: Model,
        crew: Arc<Crew>,
        asker: Arc<Asker>,
        (screen, clock): (Screen, ShownClock),
        told: Receiver<Event>,
    ) -> Self {
        let fails = Fault::wanted(terminal::variable("SALTCELLAR_FAULT").as_deref());
        let (asked, rest) = (Asked::NotYet, Rest::default());
        Self { model, crew, asker, screen, clock, told, asked, rest, fails, struck: None }
    }

    /// Sends the workers off, and shows the first frame while they read.
    fn start(&mut self, options: &Options, fault: Option<String>) -> Result<Course, TuiError> {
        let home = self.model.session.home.clone();
        let said = options.config.sentences(home.as_deref(), Concern::Screen);
        let filter = self.model.start_filter(&options.config.settings.filter()).err();
        let filter = filter.map(|error| format!("the filter of the settings: {}", words::error(&error)));
        let advice: Vec<String> = said.chain(fault).chain(filter).collect();
        if !advice.is_empty() {
            self.decide(Msg::Advice(advice))?;
        }
        if options.demo {
            self.open_demo();
        }
        let opened = self.told.try_iter().collect();
        if self.take_in_all(opened)? == Course::End {
            return Ok(Course::End);
        }
        if matches!(self.model.places, Places::Searching) {
            self.crew.discover();
        }
        let end = self.clock.system.elapsed() + SKELETON_AFTER;
        if self.awaits_rows() {
            let Self { screen, model, .. } = self;
            screen.rehearse(model.size, |area, buffer| view::paint(model, area, buffer));
        }
        while self.awaits_rows()
            && let Ok(event) = self.told.recv_timeout(end.saturating_sub(self.clock.system.elapsed()))
        {
            if self.take_in(event)? == Course::End {
                return Ok(Course::End);
            }
        }
        self.draw()?;
        self.crew.go_on();
        Ok(Course::On)
    }

    /// Whether the first frame would have nothing to show yet but will have soon.
    fn awaits_rows(&self) -> bool {
        let Some(cache) = self.model.cache() else { return matches!(self.model.places, Places::Searching) };
        matches!(cache.content, Content::Loading)
    }

    fn live(&mut self) -> Result<(), TuiError> {
        loop {
            let event = match self.told.recv_timeout(self.next_wake()) {
                Ok(event) => Some(event),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            };
            // A burst, such as a resize by hand or a paste, is drawn once.
            let burst: Vec<_> = event.into_iter().chain(self.told.try_iter().take(256)).collect();
            self.tick()?;
            if self.take_in_all(burst)? == Course::End {
                return Ok(());
            }
            self.draw()?;
        }
    }

    fn next_wake(&self) -> Duration {
        let owed = self.rest.due().map(|due| due.saturating_sub(self.clock.system.elapsed()));
        owed.into_iter().fold(wake::next(&self.model), Duration::min)
    }

    fn take_in_all(&mut self, events: Vec<Event>) -> Result<Course, TuiError> {
        for event in events {
            if self.take_in(event)? == Course::End {
                return Ok(Course::End);
            }
        }
        Ok(Course::On)
    }

    fn tick(&mut self) -> Result<(), TuiError> {
        let moment = self.clock.read();
        self.decide(Msg::Tick(moment)).map(drop)
    }

    fn take_in(&mut self, event: Event) -> Result<Course, TuiError> {
        match event {
            Event::Msg(msg) => self.decide(msg),
            Event::InputEnded => Ok(Course::End),
            Event::Signal(signal) if system::suspends(signal) => {
                self.screen.suspend()?;
                self.asked = Asked::NotYet;
                self.decide(Msg::Resize(terminal::size()))?;
                self.decide(Msg::Resumed)
            }
            Event::Signal(signal) => Err(TuiError::Signal(signal)),
        }
    }

    fn decide(&mut self, msg: Msg) -> Result<Course, TuiError> {
        if matches!(msg, Msg::Key(_)) {
            self.struck = self.fails.take();
        }
        match self.struck {
            Some(fault @ Fault::Update) => fault.strike(),
            Some(fault @ Fault::Worker) => self.crew.fail(fault),
            Some(Fault::View) | None => {}
        }
        self.struck = self.struck.filter(|fault| *fault == Fault::View);
        for effect in update(&mut self.model, msg) {
            if self.perform(effect)? == Course::End {
                return Ok(Course::End);
            }
        }
        Ok(Course::On)
    }

    fn perform(&mut self, effect: Effect) -> Result<Course, TuiError> {
        let crew = &self.crew;
        match effect {
            Effect::Discover => self.crew.discover(),
            Effect::OpenKnown(at) => self.crew.open_known(at),
            Effect::Close(cache) => self.crew.close(cache),
            Effect::Survey { opened, known } => self.crew.survey(opened, known),
            Effect::OpenDemo(Demo) => self.open_demo(),
            Effect::Load { cache, was } => self.crew.load(cache, was),
            Effect::Scan { cache, number } => self.crew.scan(cache, number),
            Effect::OpenUser { list, key } => self.crew.open_user(list, key),
            Effect::Index { cache, reading, claims } => self.crew.index(cache, reading, claims),
            Effect::Search { cache, reading, query, memory, now } => crew.search(cache, reading, (query, memory), now),
            Effect::Rank { cache, reading, key, now } => self.crew.rank(cache, reading, key, now),
            Effect::Free(reading) => self.crew.free(reading),
            Effect::Answer(question) => self.crew.answer(*question),
            Effect::Plan(draft) => self.crew.plan(*draft),
            Effect::PlanUndo(cache, asked) => self.crew.plan_undo(cache, asked),
            Effect::LookForApps(cache) => self.crew.look_for_apps(cache),
            Effect::Count { cache, reading, rules, now } => self.crew.count(cache, reading, rules, now),
            Effect::PlanPurge { list, keys, how, now } => self.crew.plan_purge(list, keys, how, now),
            Effect::Commit { cache, proposal, shown, keeps } => self.crew.commit(cache, proposal, shown, keeps),
            Effect::SavePlan { text, whole, path } => self.crew.save_plan(text, whole, path),
            Effect::Differ(cache, whole) => self.crew.differ(cache, whole),
            Effect::AnswerPassword(answer) => self.asker.answer(answer),
            Effect::Stop(work) => self.crew.stop(&work),
            Effect::CancelWrite => self.crew.cancel(),
            Effect::Preview { document, spot, layout } => self.crew.preview(document, spot, layout),
            Effect::Export { of, spots, secrets, layout, path } => crew.export(of, (spots, secrets, layout), path),
            Effect::Copy { document, spot, kind, claim } => self.crew.copy(document, spot, kind, claim),
            Effect::ClearCopy => self.crew.clear_copy(),
            Effect::Terminal(bytes) => self.screen.raw(&bytes)?,
            Effect::Suspend => system::stop_group()?,
            Effect::Repaint => self.screen.repaint(),
            Effect::Mouse(mode) => self.screen.mouse(mode)?,
            Effect::Quit => return Ok(Course::End),
        }
        Ok(Course::On)
    }

    /// The demo has a clock of its own, so that its tokens live and die as they were invented.
    fn open_demo(&mut self) {
        self.model.session.demo = Some(Demo);
        self.clock.begin_at(DEMO_NOW);
        let session = &self.model.session;
        let access = Access { readonly: session.readonly.clone(), ..Access::under(&session.config) };
        let source = Source::memory("demo", SecretBytes::new(DEMO.as_bytes().to_vec()), access);
        self.crew.take(source, "demo".to_owned());
    }

    fn draw(&mut self) -> Result<(), TuiError> {
        let Self { screen, model, asked, struck, rest, .. } = self;
        screen.draw(model.size, rest.holds(model), |area, buffer| {
            let at = view::paint(model, area, buffer);
            if let Some(fault @ Fault::View) = *struck {
                fault.strike();
            }
            at
        })?;
        screen.title(view::window_title(model))?;
        // Only now, so that the first frame waits for no answer: there may never be one.
        if *asked == Asked::NotYet && model.theme.heeds_ground() {
            *asked = Asked::Once;
            screen.ask_ground()?;
        }
        Ok(())
    }
}
