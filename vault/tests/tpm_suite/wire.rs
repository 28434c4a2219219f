//! The wire between a program and its swtpm: a pair of ports of our own, as swtpm's are, that pass on what comes.
//!
//! Commands come one at a time, and whoever lays the wire decides what becomes of each.

use std::io::Read;
use std::io::Write;
use std::io::copy;
use std::net::Ipv4Addr;
use std::net::Shutdown;
use std::net::TcpListener;
use std::net::TcpStream;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::thread;

/// What the program gets for a command: an answer, or its last bytes and then the end of the connection.
pub(crate) type Answer = ControlFlow<Vec<u8>, Vec<u8>>;

/// Lays a wire to the swtpm that listens where `port` says when a connection is made; gives the port of its near end.
///
/// `exchange` gets each command and the far end, where it may [`ask`].
pub(crate) fn lay(
    port: impl Fn() -> u16 + Send + Sync + 'static,
    exchange: impl Fn(&[u8], &mut TcpStream) -> Answer + Send + Sync + 'static,
) -> u16 {
    let (data, control) = pair();
    let near = data.local_addr().unwrap().port();
    let port = Arc::new(port);
    let exchange = Arc::new(exchange);
    serve(data, {
        let port = Arc::clone(&port);
        move |client| carry_commands(client, port(), exchange.as_ref())
    });
    serve(control, move |client| carry_bytes(client, port() + 1));
    near
}

/// Has the TPM answer a command; `None` where it is gone.
pub(crate) fn ask(tpm: &mut TcpStream, command: &[u8]) -> Option<Vec<u8>> {
    tpm.write_all(command).ok()?;
    message(tpm)
}

/// A free port with a free one above it.
fn pair() -> (TcpListener, TcpListener) {
    loop {
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = first.local_addr().unwrap().port();
        if let Ok(second) = TcpListener::bind((Ipv4Addr::LOCALHOST, port + 1)) {
            return (first, second);
        }
    }
}

/// Each client has a thread: one may wait until the TPM has let go of the one before.
fn serve(listener: TcpListener, carry: impl Fn(TcpStream) + Send + Sync + 'static) {
    let carry = Arc::new(carry);
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let carry = Arc::clone(&carry);
            thread::spawn(move || carry(client));
        }
    });
}

fn carry_commands(mut client: TcpStream, port: u16, exchange: &impl Fn(&[u8], &mut TcpStream) -> Answer) {
    let Ok(mut tpm) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else {
        return;
    };
    while let Some(command) = message(&mut client) {
        let answer = exchange(&command, &mut tpm);
        let (ControlFlow::Continue(bytes) | ControlFlow::Break(bytes)) = &answer;
        if client.write_all(bytes).is_err() || answer.is_break() {
            return;
        }
    }
}

fn carry_bytes(mut client: TcpStream, port: u16) {
    let Ok(mut tpm) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else {
        return;
    };
    let mut back = (tpm.try_clone().unwrap(), client.try_clone().unwrap());
    thread::spawn(move || drop(copy(&mut back.0, &mut back.1)));
    drop(copy(&mut client, &mut tpm));
    drop(tpm.shutdown(Shutdown::Both));
}

/// One command or response: its length stands in its header.
fn message(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = vec![0; 6];
    stream.read_exact(&mut bytes).ok()?;
    let length = u32::from_be_bytes(bytes[2..6].try_into().unwrap());
    bytes.resize(usize::try_from(length).unwrap(), 0);
    stream.read_exact(&mut bytes[6..]).ok()?;
    Some(bytes)
}
