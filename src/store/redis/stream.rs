//! The connection to one node: a port, with TLS or without, or a socket of this machine. Moves bytes, each with its time,
//! and knows nothing of what they say.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use super::wire::{ANSWER, End};
use crate::store::place::Host;

/// How long a node may take to be reached.
pub(super) const CONNECT: Duration = Duration::from_secs(5);

/// An open connection.
pub(super) enum Stream {
    /// Over a port, plain.
    Port(TcpStream),
    /// Over a port, encrypted.
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
    /// Over a socket of this machine.
    #[cfg(unix)]
    Socket(std::os::unix::net::UnixStream),
}

impl Stream {
    /// Opens the connection to `end`, encrypted for whom `trust` believes.
    pub(super) fn open(end: &End, trust: Option<ClientConfig>) -> io::Result<Self> {
        match (end, trust) {
            (End::Socket(path), _) => Self::at_socket(path),
            (End::Port(host), None) => at_port(host).map(Self::Port),
            (End::Port(host), Some(trust)) => {
                let name = ServerName::try_from(host.name.clone()).map_err(io::Error::other)?;
                let tls = ClientConnection::new(Arc::new(trust), name).map_err(io::Error::other)?;
                let mut stream = StreamOwned::new(tls, at_port(host)?);
                // Now, and not with the first command: what is wrong belongs to the connection.
                stream.conn.complete_io(&mut stream.sock)?;
                Ok(Self::Tls(Box::new(stream)))
            }
        }
    }

    #[cfg(unix)]
    fn at_socket(path: &Path) -> io::Result<Self> {
        let stream = std::os::unix::net::UnixStream::connect(path)?;
        stream.set_read_timeout(Some(ANSWER))?;
        stream.set_write_timeout(Some(ANSWER))?;
        Ok(Self::Socket(stream))
    }

    #[cfg(not(unix))]
    fn at_socket(_: &Path) -> io::Result<Self> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "this system has no such sockets"))
    }
}

/// The first address of `host` where somebody listens.
fn at_port(host: &Host) -> io::Result<TcpStream> {
    let mut last = io::Error::other("it has no address");
    for address in (host.name.as_str(), host.port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, CONNECT) {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(ANSWER))?;
                stream.set_write_timeout(Some(ANSWER))?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

impl Read for Stream {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Port(stream) => stream.read(room),
            Self::Tls(stream) => stream.read(room),
            #[cfg(unix)]
            Self::Socket(stream) => stream.read(room),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Port(stream) => stream.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
            #[cfg(unix)]
            Self::Socket(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Port(stream) => stream.flush(),
            Self::Tls(stream) => stream.flush(),
            #[cfg(unix)]
            Self::Socket(stream) => stream.flush(),
        }
    }
}
