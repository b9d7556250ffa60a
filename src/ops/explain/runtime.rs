//! The runtimes whose rules are known, and how well.

use crate::cache::Dialect;

/// An MSAL library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Runtime {
    /// MSAL Python 1.39.
    Python,
    /// MSAL.NET.
    Dotnet,
    /// msal-node 7.2.
    Node,
    /// MSAL4J 1.26.
    Java,
    /// MSAL Go 1.10.
    Go,
}

impl Runtime {
    /// Every runtime, in the order in which they are told.
    pub const ALL: [Self; 5] = [Self::Python, Self::Dotnet, Self::Node, Self::Java, Self::Go];

    /// The library that writes in `dialect`, if it is known whose that is.
    #[must_use]
    pub fn of(dialect: Dialect) -> Option<Self> {
        match dialect {
            Dialect::Python => Some(Self::Python),
            Dialect::DotNet => Some(Self::Dotnet),
            Dialect::Node => Some(Self::Node),
            Dialect::Java => Some(Self::Java),
            Dialect::Go => Some(Self::Go),
            Dialect::Unknown => None,
        }
    }

    /// The name on the command line and in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Dotnet => "dotnet",
            Self::Node => "node",
            Self::Java => "java",
            Self::Go => "go",
        }
    }

    /// The library's own name.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Python => "MSAL Python",
            Self::Dotnet => "MSAL.NET",
            Self::Node => "MSAL Node",
            Self::Java => "MSAL4J",
            Self::Go => "MSAL Go",
        }
    }

    /// Where the rules come from; those of every library but .NET are held against the library itself by tests.
    #[must_use]
    pub fn basis(self) -> &'static str {
        match self {
            Self::Python => "1.39, compared with the library",
            Self::Dotnet => "from its source, not run",
            Self::Node => "msal-node 7.2, compared with the library",
            Self::Java => "1.26, compared with the library",
            Self::Go => "1.10, compared with the library",
        }
    }
}
