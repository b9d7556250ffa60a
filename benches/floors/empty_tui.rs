//! The floor of a first frame: a terminal program that draws one word and waits for a key.

use std::io;

use crossterm::event;
use ratatui::widgets::Paragraph;

fn main() -> io::Result<()> {
    let mut terminal = ratatui::try_init()?;
    let outcome = terminal.draw(|frame| frame.render_widget(Paragraph::new("empty"), frame.area()));
    let read = outcome.and_then(|_| event::read());
    ratatui::try_restore()?;
    read.map(|_| ())
}
