//! A plain `main`: Sentry and the runtime have to be set up in this order, by hand.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::process::prepare();
    server::cli::run()
}
