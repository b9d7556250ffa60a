//! A set of rows, one bit each: 160,000 of them are 20 kilobytes.

/// A set of numbers below a length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bits {
    words: Vec<u64>,
    len: usize,
}

const WIDTH: usize = 64;

impl Bits {
    /// Of the numbers below `len`, those that `has` says.
    #[must_use]
    pub fn of(len: usize, mut has: impl FnMut(usize) -> bool) -> Self {
        let word = |first: usize| {
            let many = WIDTH.min(len - first);
            (0..many).fold(0u64, |word, bit| word | (u64::from(has(first + bit)) << bit))
        };
        Self { words: (0..len).step_by(WIDTH).map(word).collect(), len }
    }

    /// None of the numbers below `len`.
    #[must_use]
    pub fn none(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(WIDTH)], len }
    }

    /// All numbers below `len`.
    #[must_use]
    pub fn all(len: usize) -> Self {
        Self::none(len).not()
    }

    /// Whether `at` is in it.
    #[must_use]
    pub fn has(&self, at: usize) -> bool {
        self.words.get(at / WIDTH).is_some_and(|word| (word >> (at % WIDTH)) & 1 == 1)
    }

    /// How many are in it.
    #[must_use]
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Those in it, in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
                left &= left - 1;
                Some(at * WIDTH + bit)
            })
        })
    }

    pub(super) fn put(&mut self, at: usize) {
        if let Some(word) = self.words.get_mut(at / WIDTH).filter(|_| at < self.len) {
            *word |= 1 << (at % WIDTH);
        }
    }

    /// Those that are in both.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= other);
        self
    }

    pub(super) fn or(mut self, other: &Self) -> Self {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word |= other);
        self
    }

    pub(super) fn not(mut self) -> Self {
        self.words.iter_mut().for_each(|word| *word = !*word);
        let spare = self.words.len() * WIDTH - self.len;
        if let Some(last) = self.words.last_mut().filter(|_| spare > 0) {
            *last &= u64::MAX >> spare;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_agree_with_what_they_were_made_of_at_every_length() {
        for len in [0, 1, 63, 64, 65, 200] {
            let thirds = Bits::of(len, |at| at % 3 == 0);

            let others: Vec<_> = thirds.clone().not().iter().collect();

            assert_eq!(others, (0..len).filter(|at| at % 3 != 0).collect::<Vec<_>>(), "{len}");
            assert_eq!(thirds.count() + others.len(), len);
            assert_eq!(thirds.clone().or(&thirds.clone().not()), Bits::all(len));
            assert_eq!(thirds.clone().and(&thirds.not()), Bits::none(len));
        }
    }
}
