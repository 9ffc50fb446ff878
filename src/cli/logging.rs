//! Traces of calls on stderr, when they are asked for.

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, filter::Targets, fmt};

use super::printer::{Log, Printer};

/// Starts tracing when `-v` was said. Each call to AWS ends with a line that has
/// its operation, request id and error code. Only our own spans are shown: those
/// of the SDK may hold what must not reach a log.
pub(super) fn start(printer: &Printer) {
    let level = match printer.verbose {
        0 => return,
        1 => LevelFilter::INFO,
        2 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let ours = Targets::new().with_target("lzctl", level);
    let layer = fmt::layer().with_writer(std::io::stderr).with_span_events(FmtSpan::CLOSE);
    let layer = match printer.log {
        Log::Json => layer.json().boxed(),
        Log::Text => layer.with_ansi(printer.err != crate::report::Paint::PLAIN).compact().boxed(),
    };
    // Tracing that runs already is as good.
    let _ = tracing_subscriber::registry().with(layer.with_filter(ours)).try_init();
}
