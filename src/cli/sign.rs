//! `lzctl sign`: put one's name to a saved plan.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::error::CliError;
use super::exit::Exit;
use super::printer::Printer;
use super::saved;
use crate::plan::saved::PrivateKey;
use crate::report::plan_text::{self, Options};

/// Sign a saved plan: show what it does and add a signature to its file
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The saved plan
    #[arg(value_name = "PLAN.json")]
    plan: PathBuf,
    /// The private key, made with `lzctl key generate`
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        let mut saved = saved::read(&self.plan)?;
        let key = private_key(&self.key, printer)?;
        let options = Options { paint: printer.out, verbose: printer.all(), estimate: None };
        printer.data(&plan_text::render(&saved.plan, options))?;
        let id = saved.sign(&key).map_err(|twice| CliError::Refused(vec![twice.into()]))?;
        saved::write(&saved, &self.plan)?;
        printer.say(&format!(
            "Signed {} by key {id}; signatures so far: {}. It expires at {}.",
            self.plan.display(),
            saved.signatures.len(),
            saved.expires_at
        ));
        Ok(Exit::Done)
    }
}

fn private_key(path: &Path, printer: &Printer) -> Result<PrivateKey, CliError> {
    let file = |source| CliError::File { path: path.to_owned(), verb: "read", source };
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(file)?);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if std::fs::metadata(path).map_err(file)?.permissions().mode() & 0o077 != 0 {
            printer.say(&format!("warning: others can read {}: chmod 600 it", path.display()));
        }
    }
    #[cfg(not(unix))]
    let _ = printer;
    PrivateKey::from_pem(&text).map_err(|reason| CliError::NoKey { path: path.to_owned(), reason })
}
