//! How sessions are laid out in bytes, and by which bytes each layout is known.

use super::django::Wrap;
use super::{Odd, Spot, json, msgpack, pickle};

/// The layouts of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layout {
    /// A pickle: Flask-Session before 0.7 in Redis, Django's cache.
    Pickle,
    /// `!` and a pickle: cachelib in Redis.
    CachelibServed,
    /// When it ends, in four bytes of the machine's own order, and a pickle: files of cachelib from 0.7 on.
    CachelibFile,
    /// Two pickles, when it ends and the session: files of cachelib before 0.7.
    CachelibOldFile,
    /// A pickle in Base64: rows of Django's cache table.
    DjangoRow,
    /// When it ends, and a pickle in zlib: files of Django's cache.
    DjangoFile,
    /// Flask-Session from 0.7 on.
    Msgpack,
    /// A JSON object: Flask-Session, where it was told so.
    Json,
}

/// The bytes before the pickle in a file of cachelib (`FileSystemSerializer`, cachelib/file.py).
const EXPIRY: usize = 4;

impl Layout {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Pickle,
        Self::CachelibServed,
        Self::CachelibFile,
        Self::CachelibOldFile,
        Self::DjangoRow,
        Self::DjangoFile,
        Self::Msgpack,
        Self::Json,
    ];

    /// What the title bar calls it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Pickle => "session (pickle)",
            Self::CachelibServed => "cachelib session (pickle)",
            Self::CachelibFile | Self::CachelibOldFile => "Flask session (pickle)",
            Self::DjangoRow | Self::DjangoFile => "Django session (pickle)",
            Self::Msgpack => "Flask session (msgpack)",
            Self::Json => "session (JSON)",
        }
    }

    /// What `?seal=` calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pickle => "pickle",
            Self::CachelibServed => "cachelib-served",
            Self::CachelibFile => "cachelib",
            Self::CachelibOldFile => "cachelib-old",
            Self::DjangoRow => "django-row",
            Self::DjangoFile => "django-file",
            Self::Msgpack => "msgpack",
            Self::Json => "session-json",
        }
    }

    /// In which it lies, in the words of [`crate::seal::SealError::by`].
    #[must_use]
    pub fn by(self) -> &'static str {
        match self {
            Self::Pickle => "a session in pickle",
            Self::CachelibServed => "a session of cachelib in pickle",
            Self::CachelibFile | Self::CachelibOldFile => "a Flask session in pickle",
            Self::DjangoRow | Self::DjangoFile => "a session of Django's cache in pickle",
            Self::Msgpack => "a Flask session in msgpack",
            Self::Json => "a session in JSON",
        }
    }

    /// The layout whose marks `bytes` bear; `None` for what is no session.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            _ if Wrap::of(bytes) == Some(Wrap::Row) => Some(Self::DjangoRow),
            _ if Wrap::of(bytes) == Some(Wrap::File) => Some(Self::DjangoFile),
            [b'!', rest @ ..] if pickle::has_head(rest) => Some(Self::CachelibServed),
            [_, _, _, _, rest @ ..]
                if pickle::has_frame(rest) && (!pickle::has_frame(bytes) || pickle::is_whole(rest)) =>
            {
                Some(Self::CachelibFile)
            }
            _ if pickle::number_at_start(bytes).is_some() => Some(Self::CachelibOldFile),
            _ if pickle::may_be(bytes) => Some(Self::Pickle),
            [_, _, _, _, rest @ ..] if pickle::is_whole(rest) => Some(Self::CachelibFile),
            _ if msgpack::may_be(bytes) => Some(Self::Msgpack),
            _ => json::is_session(bytes).then_some(Self::Json),
        }
    }

    /// How Django wraps it, where it does.
    pub(super) fn wrap(self) -> Option<Wrap> {
        match self {
            Self::DjangoRow => Some(Wrap::Row),
            Self::DjangoFile => Some(Wrap::File),
            Self::Pickle
            | Self::CachelibServed
            | Self::CachelibFile
            | Self::CachelibOldFile
            | Self::Msgpack
            | Self::Json => None,
        }
    }

    /// Where the text of the cache stands; of a wrapped one, in what was unwrapped.
    pub(super) fn find(self, session: &[u8]) -> Result<Option<Spot>, Odd> {
        match self {
            Self::Pickle | Self::DjangoRow | Self::DjangoFile => pickle::find(session, 0),
            Self::CachelibServed => pickle::find(session, 1),
            Self::CachelibFile => pickle::find(session, EXPIRY),
            Self::CachelibOldFile => pickle::find(session, pickle::number_at_start(session).unwrap_or_default()),
            Self::Msgpack => msgpack::find(session),
            Self::Json => json::find(session),
        }
    }
}
