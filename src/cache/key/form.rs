//! A key in the making: the parts that dashes join. Compared with a stored key without being written out, since the
//! runtime of a cache is told from very many comparisons.

/// The most parts that any grammar has.
const MOST: usize = 8;

/// One form of a key.
#[derive(Clone, Copy, Default)]
pub(super) struct Form<'p> {
    parts: [&'p str; MOST],
    count: usize,
    keeps_case: bool,
}

impl<'p> Form<'p> {
    /// The same with one part more; no grammar has more than there is room for.
    pub(super) fn and(mut self, part: &'p str) -> Self {
        if let Some(room) = self.parts.get_mut(self.count) {
            *room = part;
            self.count += 1;
        }
        self
    }

    /// The same, with the letters of its parts as they are: else they are in lower case.
    pub(super) fn in_its_case(self) -> Self {
        Self { keeps_case: true, ..self }
    }

    fn parts(&self) -> &[&'p str] {
        self.parts.get(..self.count).unwrap_or_default()
    }

    /// The key.
    pub(super) fn text(&self) -> String {
        let text = self.parts().join("-");
        if self.keeps_case { text } else { text.to_lowercase() }
    }

    /// Whether `key` is this one. Looks from its end, where the grammars differ.
    pub(super) fn is(&self, key: &str) -> bool {
        if !self.keeps_case && !self.parts().iter().all(|part| part.is_ascii()) {
            return self.text() == key;
        }
        let mut rest = key.as_bytes();
        for (nth, part) in self.parts().iter().enumerate().rev() {
            let Some((before, last)) = rest.len().checked_sub(part.len()).and_then(|at| rest.split_at_checked(at))
            else {
                return false;
            };
            if !self.is_part(last, part) {
                return false;
            }
            rest = match (nth, before) {
                (0, before) => before,
                (_, [before @ .., b'-']) => before,
                (_, _) => return false,
            };
        }
        rest.is_empty()
    }

    /// Whether `stored` is what becomes of `part`, of the same length.
    fn is_part(&self, stored: &[u8], part: &str) -> bool {
        let mut both = stored.iter().zip(part.as_bytes());
        if self.keeps_case { stored == part.as_bytes() } else { both.all(|(is, was)| *is == was.to_ascii_lowercase()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form<'p>(parts: &[&'p str]) -> Form<'p> {
        parts.iter().copied().fold(Form::default(), Form::and)
    }

    #[test]
    fn a_form_is_the_key_that_it_would_be_written_as_and_no_other() {
        let parts = ["U.T", "login.Example", "", "İd", "a-b", "Straße", "ΣΑΣ", "-", "UPPER", "c", "é"];
        let mut random = 1u64;
        let mut next = |below: usize| {
            random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (random >> 33) as usize % below
        };

        for _ in 0..20_000 {
            let mut some = |most| (0..=next(most)).map(|_| parts[next(parts.len())]).collect::<Vec<_>>();
            let (one, other) = (form(&some(MOST)), form(&some(MOST)));
            let (one, other) = if next(4) == 0 { (one.in_its_case(), other.in_its_case()) } else { (one, other) };
            let key = other.text();

            assert!(one.is(&one.text()), "{}", one.text());
            assert_eq!(one.is(&key), one.text() == key, "{} and {key}", one.text());
            let near = &key[..key.char_indices().last().map_or(0, |(at, _)| at)];
            assert_eq!(one.is(near), one.text() == near, "{} and {near}", one.text());
        }
    }
}
