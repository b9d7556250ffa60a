//! A server's password, asked for on the screen: a worker waits here until somebody has answered, another until it is its
//! turn, so that no server is told the password of another. Keeps no password.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::msg::{Event, Msg};
use crate::secret::SecretText;
use crate::source::AskPassword;

/// Who asks the screen.
pub(super) struct Asker {
    tell: Mutex<Sender<Event>>,
    /// Held by whoever asks.
    turn: Mutex<()>,
    waiting: Mutex<Option<Sender<Option<SecretText>>>>,
}

impl Asker {
    /// One that asks by messages.
    pub(super) fn new(tell: Sender<Event>) -> Self {
        Self { tell: Mutex::new(tell), turn: Mutex::default(), waiting: Mutex::default() }
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
        let _turn = locked(&self.turn);
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

    #[test]
    fn two_who_ask_at_once_are_answered_one_after_the_other_each_its_own() {
        let (tell, told) = channel();
        let asker = Arc::new(Asker::new(tell));
        let workers = ["one", "three"].map(|server| {
            let asker = Arc::clone(&asker);
            std::thread::spawn(move || (server.len(), asker.ask(server).map(|text| text.len())))
        });

        for _ in &workers {
            let Ok(Event::Msg(Msg::PasswordAsked { server })) = told.recv() else { panic!("a question") };
            assert!(told.recv_timeout(std::time::Duration::from_millis(50)).is_err(), "one question at a time");
            // The password is the server's name.
            asker.answer(Some(SecretText::new(server)));
        }

        for worker in workers {
            let (own, told) = worker.join().expect("an answer");
            assert_eq!(Some(own), told);
        }
    }
}
