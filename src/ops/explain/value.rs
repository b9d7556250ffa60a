//! Numbers and hashes as the runtimes read and make them. Compares nothing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::rules::Numbers;
use crate::cache::Written;

/// The whole number that `written` is to a runtime; `None` where it stands for no number without a fault.
///
/// # Errors
/// What reading it raises.
pub(super) fn number(numbers: Numbers, written: &Written<'_>) -> Result<Option<i64>, &'static str> {
    match numbers {
        Numbers::Python => python(written).map(Some),
        Numbers::JavaScript => Ok(javascript(written)),
        Numbers::Go => go(written),
        Numbers::Java => java(written).map(Some),
        Numbers::Dotnet => dotnet(written),
    }
}

/// `int(x)`: white space and single underscores are fine, fractions only in a number.
fn python(written: &Written<'_>) -> Result<i64, &'static str> {
    match written {
        Written::Text(text) => {
            let text = text.trim();
            let (sign, digits) = match text.strip_prefix('-') {
                Some(digits) => ("-", digits),
                None => ("", text.strip_prefix('+').unwrap_or(text)),
            };
            let apart = digits.starts_with('_') || digits.ends_with('_') || digits.contains("__");
            let digits = digits.replace('_', "");
            if apart { Err("ValueError") } else { whole(&format!("{sign}{digits}")).ok_or("ValueError") }
        }
        Written::Number(raw) => whole(raw).or_else(|| fraction(raw)).ok_or("ValueError"),
        Written::Bool(is) => Ok(i64::from(*is)),
        Written::Absent => Err("KeyError"),
        Written::Null | Written::Nested(_) => Err("TypeError"),
        Written::Hidden => Err("ValueError"),
    }
}

/// `Number(x)`, cut to a whole number; `None` for NaN.
fn javascript(written: &Written<'_>) -> Option<i64> {
    match written {
        Written::Text(text) if text.trim().is_empty() => Some(0),
        Written::Text(text) => whole(text.trim().strip_prefix('+').unwrap_or(text.trim())).or_else(|| fraction(text)),
        Written::Number(raw) => whole(raw).or_else(|| fraction(raw)),
        Written::Bool(is) => Some(i64::from(*is)),
        Written::Null => Some(0),
        Written::Absent | Written::Nested(_) | Written::Hidden => None,
    }
}

/// `Number(x)`, rounded up to a whole number.
pub(super) fn rounded_up(written: &Written<'_>) -> Option<i64> {
    let exact = match written {
        Written::Text(text) | Written::Number(text) => text.trim().parse::<f64>().ok(),
        Written::Absent | Written::Null | Written::Bool(_) | Written::Nested(_) | Written::Hidden => None,
    };
    let rest = i64::from(exact.is_some_and(|exact| exact.fract() > 0.0));
    javascript(written).map(|cut| cut.saturating_add(rest))
}

/// `strconv.Atoi` of the text or the number; an absent one is the zero time.
fn go(written: &Written<'_>) -> Result<Option<i64>, &'static str> {
    match written {
        Written::Text(text) | Written::Number(text) => {
            text.parse().map(Some).map_err(|_| "strconv.Atoi: invalid syntax")
        }
        Written::Absent => Ok(None),
        Written::Null | Written::Bool(_) | Written::Nested(_) | Written::Hidden => Err("strconv.Atoi: invalid syntax"),
    }
}

/// `Long.parseLong`.
fn java(written: &Written<'_>) -> Result<i64, &'static str> {
    match written {
        Written::Text(text) | Written::Number(text) => text.parse().map_err(|_| "NumberFormatException"),
        Written::Absent | Written::Null | Written::Bool(_) | Written::Nested(_) | Written::Hidden => {
            Err("NumberFormatException")
        }
    }
}

fn dotnet(written: &Written<'_>) -> Result<Option<i64>, &'static str> {
    match written {
        Written::Text(text) => Ok(text.trim().parse().ok()),
        Written::Absent | Written::Null => Ok(None),
        Written::Number(_) | Written::Bool(_) | Written::Nested(_) | Written::Hidden => {
            Err("InvalidOperationException")
        }
    }
}

/// Decimal digits with at most one sign; what is too large is as large as can be.
fn whole(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(if text.starts_with('-') { i64::MIN } else { i64::MAX }))
}

/// A decimal fraction, cut.
#[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates, which is what is wanted")]
fn fraction(text: &str) -> Option<i64> {
    let number: f64 = text.trim().parse().ok()?;
    number.is_finite().then_some(number as i64)
}

/// The hash of key components that MSAL Python, Go, Node and Java share, case kept: lengths in bytes before each name
/// and value, names sorted, SHA-256, base64url. Empty without components.
pub(super) fn hash(components: &[(String, String)]) -> String {
    if components.is_empty() {
        return String::new();
    }
    let mut sorted: Vec<_> = components.iter().collect();
    sorted.sort();
    let text: String =
        sorted.iter().map(|(name, value)| format!("{}:{name}{}:{value}", name.len(), value.len())).collect();
    URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    fn read(numbers: Numbers, text: &str) -> Result<Option<i64>, &'static str> {
        number(numbers, &Written::Text(Cow::Borrowed(text)))
    }

    #[test]
    fn the_hash_is_that_of_msal_python() {
        let components = [("fmi_path".to_owned(), "SomeFmiPath/Path".to_owned())];

        assert_eq!(hash(&components).to_lowercase(), "hai-va57u1u3bj1elra_dz5bpghftdmyv5vuyfopbqo");
    }

    #[test]
    fn each_runtime_reads_numbers_in_its_own_way() {
        assert_eq!(read(Numbers::Python, " 1_000 "), Ok(Some(1000)));
        assert_eq!(read(Numbers::Python, "1.5"), Err("ValueError"));
        assert_eq!(read(Numbers::JavaScript, "1.5"), Ok(Some(1)));
        assert_eq!(rounded_up(&Written::Text(Cow::Borrowed("1.5"))), Some(2));
        assert_eq!(read(Numbers::JavaScript, "soon"), Ok(None));
        assert_eq!(read(Numbers::JavaScript, ""), Ok(Some(0)));
        assert_eq!(read(Numbers::Go, "1_000"), Err("strconv.Atoi: invalid syntax"));
        assert_eq!(read(Numbers::Java, "soon"), Err("NumberFormatException"));
        assert_eq!(read(Numbers::Python, "99999999999999999999"), Ok(Some(i64::MAX)));
    }

    #[test]
    fn a_number_without_quotes_stops_dotnet_alone() {
        let written = Written::Number(Cow::Borrowed("1700000000"));
        let all = [Numbers::Python, Numbers::JavaScript, Numbers::Go, Numbers::Java, Numbers::Dotnet];

        let read: Vec<bool> = all.iter().map(|numbers| number(*numbers, &written).is_ok()).collect();

        assert_eq!(read, [true, true, true, true, false]);
    }
}
