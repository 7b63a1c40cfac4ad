//! The listening socket, which can stop taking connections without resetting those that wait.
//!
//! Closing a listener resets the connections that the kernel has completed and nobody has accepted
//! yet; a proxy has sent its request into them already, and may not send a POST twice. So the kernel
//! drops new connections first, and the socket is closed when those that waited are accepted. A client
//! that connects in between is not reset: its kernel tries again after a second, and is refused.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

/// As many as actix-web itself would let wait.
const BACKLOG: i32 = 2048;

/// For the acceptor to accept those that wait: it needs microseconds, unless the machine has none.
const ACCEPT_GRACE: Duration = Duration::from_millis(250);

pub struct Gate {
    socket: Socket,
    address: SocketAddr,
}

impl Gate {
    /// # Errors
    /// If the address can't be had.
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        let socket = bound(address)?;
        socket.listen(BACKLOG)?;
        let bound = socket.local_addr()?.as_socket().unwrap_or(address);
        Ok(Self {
            socket,
            address: bound,
        })
    }

    /// With port 0 asked for, the one that the system chose.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same socket, for whoever accepts.
    ///
    /// # Errors
    /// If there are no more file descriptors.
    pub fn listener(&self) -> io::Result<TcpListener> {
        Ok(self.socket.try_clone()?.into())
    }

    /// From now on no connection is added; returns once those that waited are accepted. The socket
    /// itself closes with its last holder.
    pub async fn close_to_newcomers(self) {
        match self.drop_all() {
            Ok(()) => tokio::time::sleep(ACCEPT_GRACE).await,
            // Somebody may be reset then, as with any other server.
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::debug!(
                    error,
                    "new connections can't be held off before the listener closes"
                );
            }
        }
    }

    /// A filter of one instruction: keep nothing of any packet. It holds for new connections only;
    /// those that are complete have sockets of their own.
    #[cfg(target_os = "linux")]
    fn drop_all(&self) -> io::Result<()> {
        /// `BPF_RET | BPF_K`
        const RETURN: u16 = 0x06;
        self.socket
            .attach_filter(&[socket2::SockFilter::new(RETURN, 0, 0, 0)])
    }

    #[cfg(not(target_os = "linux"))]
    fn drop_all(&self) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

fn bound(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    // A restart must not wait for the last connections of the run before.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

/// Whether the address could be had now. It is not listened on, so that a service that starts at this
/// very moment gets it.
///
/// # Errors
/// If it can't be had: somebody listens there, or it is not this host's, or not for this user.
pub fn try_address(address: SocketAddr) -> io::Result<()> {
    bound(address).map(drop)
}

/// "Every address" is where to listen, not where to connect.
pub fn as_seen_from_here(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;

    use super::*;

    #[tokio::test]
    #[cfg(target_os = "linux")]
    async fn who_is_at_the_door_comes_in_and_nobody_after_them() {
        let gate = Gate::open("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = gate.listener().unwrap();
        let mut early = TcpStream::connect(gate.address()).unwrap();
        let address = gate.address();
        gate.close_to_newcomers().await;
        let late = TcpStream::connect_timeout(&address, Duration::from_millis(100));
        assert_eq!(late.unwrap_err().kind(), io::ErrorKind::TimedOut);

        early.write_all(b"hello").unwrap();
        let (mut accepted, _) = listener.accept().unwrap();
        drop(listener);
        let mut heard = [0; 5];
        accepted.read_exact(&mut heard).unwrap();
        assert_eq!(&heard, b"hello");
    }

    #[test]
    fn every_address_is_reached_on_this_machine() {
        let reached = |text: &str| as_seen_from_here(text.parse().unwrap()).to_string();
        assert_eq!(reached("0.0.0.0:8000"), "127.0.0.1:8000");
        assert_eq!(reached("[::]:8000"), "[::1]:8000");
        assert_eq!(reached("10.0.0.7:80"), "10.0.0.7:80");
    }
}
