//! A key in the making: the parts that dashes join. Compared with a stored key without being written out, since the
//! runtime of a cache is told from very many comparisons.

/// The most parts that any grammar has.
const MOST: usize = 8;

/// One form of a key.
#[derive(Clone, Copy)]
pub(super) struct Form<'p> {
    parts: [&'p str; MOST],
    count: usize,
    keeps_case: bool,
    is_ascii: bool,
}

/// The key that is stored, looked at once for all forms.
pub(super) struct Stored<'k> {
    key: &'k str,
    has_capitals: bool,
}

impl<'k> Stored<'k> {
    pub(super) fn new(key: &'k str) -> Self {
        Self { key, has_capitals: key.bytes().fold(false, |any, byte| any | byte.is_ascii_uppercase()) }
    }
}

impl<'p> Form<'p> {
    /// A form without parts yet; `is_ascii` if all that it may get are.
    pub(super) fn new(is_ascii: bool) -> Self {
        Self { parts: [""; MOST], count: 0, keeps_case: false, is_ascii }
    }

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

    /// Whether the key that is stored is this one. Looks from its end, where the grammars differ.
    pub(super) fn is(&self, stored: &Stored<'_>) -> bool {
        if !self.keeps_case && !self.is_ascii {
            return self.text() == stored.key;
        }
        if !self.keeps_case && stored.has_capitals {
            return false;
        }
        let mut rest = stored.key.as_bytes();
        for (nth, part) in self.parts().iter().enumerate().rev() {
            let Some((before, last)) = rest.len().checked_sub(part.len()).and_then(|at| rest.split_at_checked(at))
            else {
                return false;
            };
            let is_part = last == part.as_bytes() || !self.keeps_case && last.eq_ignore_ascii_case(part.as_bytes());
            rest = match (nth, before) {
                _ if !is_part => return false,
                (0, before) => before,
                (_, [before @ .., b'-']) => before,
                (_, _) => return false,
            };
        }
        rest.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form<'p>(parts: &[&'p str]) -> Form<'p> {
        let is_ascii = parts.iter().all(|part| part.is_ascii());
        parts.iter().copied().fold(Form::new(is_ascii), Form::and)
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

            assert!(one.is(&Stored::new(&one.text())), "{}", one.text());
            assert_eq!(one.is(&Stored::new(&key)), one.text() == key, "{} and {key}", one.text());
            let loud = one.text().to_uppercase();
            assert_eq!(one.is(&Stored::new(&loud)), one.text() == loud, "{} and {loud}", one.text());
            let near = &key[..key.char_indices().last().map_or(0, |(at, _)| at)];
            assert_eq!(one.is(&Stored::new(near)), one.text() == near, "{} and {near}", one.text());
        }
    }
}
