//! Whether the terminal's own background is light or dark, from what it says of itself. Asks nobody.

/// What the terminal's own background is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ground {
    /// It did not say, or not yet.
    #[default]
    Unknown,
    /// Dark.
    Dark,
    /// Light.
    Light,
}

impl Ground {
    /// What an answer to OSC 11 says: `rgb:RRRR/GGGG/BBBB`, with one to four digits each.
    #[must_use]
    pub fn answered(colour: &str) -> Self {
        let parts = colour.strip_prefix("rgb:").or_else(|| colour.strip_prefix("rgba:")).unwrap_or("").split('/');
        let share = |digits: &str| {
            let most =
                16_u32.checked_pow(u32::try_from(digits.len()).ok()?)?.checked_sub(1).filter(|most| *most > 0)?;
            Some(f64::from(u32::from_str_radix(digits, 16).ok()?) / f64::from(most))
        };
        let parts: Option<Vec<f64>> = parts.map(share).collect();
        match parts.as_deref() {
            Some([red, green, blue, ..]) => Self::of_brightness(0.299 * red + 0.587 * green + 0.114 * blue),
            Some(_) | None => Self::Unknown,
        }
    }

    /// What `COLORFGBG` says, as rxvt and Konsole set it: `15;0`, the last one being the background.
    #[must_use]
    pub fn hinted(colours: &str) -> Self {
        match colours.rsplit(';').next().and_then(|last| last.parse::<u8>().ok()) {
            Some(0..=6 | 8) => Self::Dark,
            Some(7 | 9..=15) => Self::Light,
            Some(_) | None => Self::Unknown,
        }
    }

    fn of_brightness(share: f64) -> Self {
        if share > 0.5 { Self::Light } else { Self::Dark }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_all_lengths_are_understood() {
        assert_eq!(Ground::answered("rgb:ffff/ffff/ffff"), Ground::Light);
        assert_eq!(Ground::answered("rgb:fd/f6/e3"), Ground::Light);
        assert_eq!(Ground::answered("rgba:0000/2b2b/3636/ffff"), Ground::Dark);
        assert_eq!(Ground::answered("rgb:0/0/0"), Ground::Dark);
    }

    #[test]
    fn answers_that_make_no_sense_say_nothing() {
        for odd in ["", "rgb:", "rgb:ff/ff", "rgb:gg/00/00", "#ffffff", "rgb:ffffffffffffffffff/0/0"] {
            assert_eq!(Ground::answered(odd), Ground::Unknown, "{odd}");
        }
    }

    #[test]
    fn the_hint_of_the_environment_is_its_last_number() {
        assert_eq!(Ground::hinted("15;0"), Ground::Dark);
        assert_eq!(Ground::hinted("0;default;15"), Ground::Light);
        assert_eq!(Ground::hinted("15;default"), Ground::Unknown);
        assert_eq!(Ground::hinted(""), Ground::Unknown);
    }
}
