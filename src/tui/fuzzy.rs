//! How well typed letters fit a text: they stand in it in this order, the better the closer together and the nearer to
//! the starts of words. Own code: the crates for it are left alone since 2020, or under a licence of another kind.

/// How well `words` fit `text`, the higher the better; `None` if one of them does not.
#[must_use]
pub fn fit(text: &str, words: &str) -> Option<usize> {
    let text: Vec<char> = text.to_lowercase().chars().collect();
    words.to_lowercase().split_whitespace().map(|word| fit_one(&text, word)).sum()
}

const START: usize = 8;
const NEXT: usize = 5;
const HIT: usize = 1;

fn fit_one(text: &[char], word: &str) -> Option<usize> {
    let first = word.chars().next()?;
    let starts = text.iter().enumerate().filter(|(_, c)| **c == first).map(|(at, _)| at);
    starts.filter_map(|start| fit_from(text, start, word)).max()
}

/// The fit with the first letter at `start`, each other letter as soon as it comes.
fn fit_from(text: &[char], start: usize, word: &str) -> Option<usize> {
    let mut score = 0;
    let mut before = None;
    let mut at = start;
    for letter in word.chars() {
        at += text.get(at..)?.iter().position(|c| *c == letter)?;
        let starts_word = at.checked_sub(1).and_then(|at| text.get(at)).is_none_or(|c| !c.is_alphanumeric());
        score += HIT + if starts_word { START } else { 0 } + if before == Some(at) { NEXT } else { 0 };
        at += 1;
        before = Some(at);
    }
    Some(score)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_must_all_be_there_in_their_order() {
        assert!(fit("copy as redacted JSON", "cpjs").is_some());
        assert!(fit("copy as redacted JSON", "json COPY").is_some());
        assert_eq!(fit("copy as redacted JSON", "jc"), None);
        assert_eq!(fit("copy", "copyy"), None);
    }

    #[test]
    fn whole_words_and_starts_of_words_fit_better() {
        let order = |words: &str, better: &str, worse: &str| assert!(fit(better, words) > fit(worse, words), "{words}");

        order("ex", "export a copy", "the next page");
        order("oe", "order by expiry", "copy the home account id");
        order("mark", "mark a range", "to the map of air kept");
    }

    #[test]
    fn nothing_typed_fits_everything() {
        assert_eq!(fit("anything", "  "), Some(0));
    }
}
