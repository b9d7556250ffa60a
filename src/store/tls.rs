//! Whom TLS to a server believes: the authority that the place names, or those that browsers believe.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

/// What trusts the authorities in the file `ca`, or, without one, those that browsers believe.
///
/// # Errors
/// What is wrong with the file, in words.
pub(super) fn trust(ca: Option<&Path>) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    match ca {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(file) => {
            let unread = |error| format!("?ca= cannot be read: {error}");
            for certificate in CertificateDer::pem_file_iter(file).map_err(unread)? {
                let added = roots.add(certificate.map_err(unread)?);
                added.map_err(|error| format!("?ca= holds no authority: {error}"))?;
            }
        }
    }
    // By name: other crates may have put another provider in.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| error.to_string())?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
