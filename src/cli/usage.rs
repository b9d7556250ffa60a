//! What is wrong with a command line, said without the power that its words may have over a terminal: the parser
//! quotes them as they came. Judges nothing: that is the parser's.

use clap::error::{ContextKind, ContextValue};

use crate::text::Safe;

/// `error` with every word of the command line in it made safe.
#[must_use]
pub fn made_safe(mut error: clap::Error) -> clap::Error {
    let quoted: Vec<(ContextKind, ContextValue)> =
        error.context().filter_map(|(kind, value)| Some((kind, safe_value(kind, value)?))).collect();
    for (kind, value) in quoted {
        error.insert(kind, value);
    }
    error
}

/// `value` made safe, if it may quote the command line.
fn safe_value(kind: ContextKind, value: &ContextValue) -> Option<ContextValue> {
    if let ContextValue::String(text) = value {
        return Some(ContextValue::String(safe(text)));
    }
    if let ContextValue::Strings(texts) = value {
        return Some(ContextValue::Strings(texts.iter().map(|text| safe(text)).collect()));
    }
    let ContextValue::StyledStrs(tips) = value else { return None };
    // A tip says the word again, within colours of its own: those go.
    let plain = || tips.iter().map(|tip| safe(&tip.to_string()).into()).collect();
    (kind == ContextKind::Suggested).then(|| ContextValue::StyledStrs(plain()))
}

fn safe(text: &str) -> String {
    Safe::new(text).to_string()
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn a_wrong_word_is_quoted_without_its_power() {
        for words in
            [["list", "--at", "\u{1b}[2Jx"], ["list", "--\u{9d}0;x", "-"], ["list", "--at", "\u{202e}x\nerror: no"]]
        {
            let error = Cli::try_parse_from(["saltcellar"].iter().chain(&words)).expect_err("it is wrong");

            let said = made_safe(error).render().ansi().to_string();

            assert!(!said.contains(['\u{9d}', '\u{202e}']) && !said.contains("\u{1b}[2J"), "{said:?}");
            assert!(!said.lines().any(|line| line.starts_with("error: no")), "{said:?}");
        }
    }
}
