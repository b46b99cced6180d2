//! Why a server cannot be.

use std::fmt;
use std::io;
use std::net::SocketAddr;

/// Why a server cannot be started, or its routes mounted.
#[derive(Debug)]
#[non_exhaustive]
pub enum ServerError {
    /// Another program, or another part of this one, listens there.
    InUse(SocketAddr),
    /// That is no address that can be listened at.
    Address(io::Error),
    /// The system lets nobody listen there, or not this user.
    Listen(SocketAddr, io::Error),
    /// A route of the user's own is none, or its path is taken: the whole in a sentence.
    Route(String),
    /// Nobody can give such a token, user or password: the whole in a sentence.
    Credentials(String),
    /// The certificate or the key is none, or one is not the other's: the whole in a sentence.
    Tls(String),
    /// The system gives no thread, or nothing to wait for connections with.
    Thread(io::Error),
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ServerError::InUse(address) => write!(
                f,
                "{address} is in use: another program listens there; stop it, or choose another port \
                 (0 is one that is free)"
            ),
            ServerError::Address(error) => {
                write!(f, "no address to listen at, such as 127.0.0.1:9464: {error}")
            }
            ServerError::Listen(address, error) => {
                write!(f, "{address} cannot be listened at: {error}")
            }
            ServerError::Route(sentence)
            | ServerError::Credentials(sentence)
            | ServerError::Tls(sentence) => f.write_str(sentence),
            ServerError::Thread(error) => write!(f, "the server's thread cannot start: {error}"),
        }
    }
}

impl std::error::Error for ServerError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ServerError::Address(error)
            | ServerError::Listen(_, error)
            | ServerError::Thread(error) => Some(error),
            _ => None,
        }
    }
}
