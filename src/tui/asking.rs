//! A server's password, asked for on the screen: a worker waits here until somebody has answered. Keeps no password.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::msg::{Event, Msg};
use crate::secret::SecretText;
use crate::source::AskPassword;

/// Who asks the screen.
pub(super) struct Asker {
    tell: Mutex<Sender<Event>>,
    waiting: Mutex<Option<Sender<Option<SecretText>>>>,
}

impl Asker {
    /// One that asks by messages.
    pub(super) fn new(tell: Sender<Event>) -> Self {
        Self { tell: Mutex::new(tell), waiting: Mutex::default() }
    }

    /// Hands over what was typed, or that nobody answers.
    pub(super) fn answer(&self, answer: Option<SecretText>) {
        if let Some(waiting) = locked(&self.waiting).take() {
            // Whoever asked may have given up.
            _ = waiting.send(answer);
        }
    }
}

impl AskPassword for Asker {
    fn ask(&self, server: &str) -> Option<SecretText> {
        let (answer, answered) = channel();
        *locked(&self.waiting) = Some(answer);
        let server = server.to_owned();
        locked(&self.tell).send(Event::Msg(Msg::PasswordAsked { server })).ok()?;
        answered.recv().ok().flatten()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn whoever_asks_waits_for_the_answer() {
        let (tell, told) = channel();
        let asker = Arc::new(Asker::new(tell));
        let worker = std::thread::spawn({
            let asker = Arc::clone(&asker);
            move || [asker.ask("one"), asker.ask("one")].map(|answer| answer.map(|text| text.len()))
        });

        let answer = |answer: Option<&str>| {
            let Ok(Event::Msg(Msg::PasswordAsked { server })) = told.recv() else { panic!("a question") };
            asker.answer(answer.map(|text| SecretText::new(text.to_owned())));
            server
        };
        assert_eq!([answer(Some("four")), answer(None)], ["one", "one"]);

        assert_eq!(worker.join().expect("an answer"), [Some(4), None]);
    }
}
