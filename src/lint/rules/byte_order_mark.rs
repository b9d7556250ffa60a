//! A byte order mark before the text: no runtime's JSON parser takes it.

use crate::cache::Dialect;
use crate::lint::{About, Finding, Rule, Severity, Subject, mend};

/// The rule `byte-order-mark`.
pub(super) struct ByteOrderMark;

static ABOUT: About = About {
    id: "byte-order-mark",
    severity: Severity::Error,
    title: "A byte order mark that no MSAL library reads",
    text: include_str!("../../../assets/explain/byte-order-mark.md"),
    link: "https://github.com/AzureAD/microsoft-authentication-library-for-dotnet/blob/main/src/client/Microsoft.Identity.Client.Extensions.Msal/MsalCacheHelper.cs",
};

impl Rule for ByteOrderMark {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let Some(document) = subject.cache.map(|cache| cache.document()).filter(|document| document.style().bom) else {
            return Vec::new();
        };
        let follows = match subject.runtime() {
            Dialect::Python => "MSAL Python raises at every command.",
            Dialect::Node => "msal-node throws at every call.",
            Dialect::DotNet => "MSAL.NET takes the cache for corrupt and deletes it.",
            Dialect::Java | Dialect::Go | Dialect::Unknown => {
                "MSAL Python and Node fail on it, MSAL.NET deletes the cache."
            }
        };
        let says = format!("The text begins with a byte order mark (3 bytes). {follows}");
        let fix = mend::whole(document, "Take the byte order mark off", "no MSAL library reads it", str::to_owned);
        vec![Finding::of(&ABOUT, Vec::new(), says).mended_by(fix)]
    }
}
