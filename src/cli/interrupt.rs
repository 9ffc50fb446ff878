//! Ctrl-C and SIGTERM as wishes to stop.
//!
//! The first lets what is under way end, the second ends the run at once; whoever
//! receives them says so and how to go on.

use std::future::Future;

use tokio::sync::mpsc;

use super::error::CliError;

/// Signals from now on, one message each. Called inside a runtime.
pub(super) fn listen() -> Result<mpsc::Receiver<()>, CliError> {
    let (sender, receiver) = mpsc::channel(4);
    let mut signals = Signals::new()
        .map_err(|source| CliError::System { what: "signals cannot be received".to_owned(), source })?;
    tokio::spawn(async move {
        loop {
            signals.next().await;
            if sender.send(()).await.is_err() {
                return;
            }
        }
    });
    Ok(receiver)
}

/// Work that changes nothing, until it ends or a signal comes.
pub(super) async fn or_stop<T>(
    work: impl Future<Output = Result<T, CliError>>,
    signals: &mut mpsc::Receiver<()>,
) -> Result<T, CliError> {
    tokio::select! {
        biased;
        Some(()) = signals.recv() => Err(CliError::Interrupted),
        result = work => result,
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        // Where Ctrl-C cannot be received nothing will ever come.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
