//! `lzctl simulator`: the simulated AWS on a TCP port, for any AWS client.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use tokio::net::TcpListener;

use super::error::CliError;
use super::exit::Exit;
use super::interrupt;
use super::printer::Printer;
use crate::model::ids::AccountId;
use crate::rehearse::seed;
use crate::sim::{Settings, Simulator};

/// The administrator's access key when signatures are verified.
const KEY: (&str, &str) = ("AKIDSIMULATOR0000000", "simulator/secret/access/key/0000000000000");

/// Serve the simulated AWS on a TCP port
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Address and port; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:4588")]
    listen: SocketAddr,
    /// Begin with this simulated organization instead of none
    #[arg(long, value_name = "WORLD.json")]
    world: Option<PathBuf>,
    /// Write the organization back to --world at the end
    #[arg(long, requires = "world")]
    save: bool,
    /// The management account of a new world
    #[arg(long, value_name = "ID", default_value = "111122223333")]
    account: AccountId,
    /// How many accounts a new world's organization takes
    #[arg(long, value_name = "NUMBER", default_value_t = 10)]
    account_quota: u32,
    /// Virtual seconds that pass in one second
    #[arg(long, value_name = "FACTOR", default_value_t = 600.0)]
    speed: f64,
    /// Refuse requests that are not signed with a known key
    #[arg(long)]
    verify_signatures: bool,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        if !(self.speed.is_finite() && self.speed > 0.0) {
            return Err(CliError::Usage("--speed must be a number above 0".to_owned()));
        }
        let system = |what: &str| {
            let what = what.to_owned();
            move |source| CliError::System { what, source }
        };
        let runtime = tokio::runtime::Runtime::new().map_err(system("no event queue"))?;
        runtime.block_on(async {
            let mut signals = interrupt::listen()?;
            let simulator = self.simulator()?;
            let what = format!("{} cannot be listened on", self.listen);
            let listener = TcpListener::bind(self.listen).await.map_err(system(&what))?;
            let address = listener.local_addr().map_err(system(&what))?;
            self.greet(address, printer)?;
            let shutdown = async move {
                // A channel that has closed means that no signal can come any more;
                // then it serves on.
                if signals.recv().await.is_none() {
                    std::future::pending::<()>().await;
                }
            };
            simulator.serve(listener, shutdown).await.map_err(system("the simulator has stopped"))?;
            if let Some(path) = self.world.as_ref().filter(|_| self.save) {
                seed::save(&simulator.world(), path)?;
                printer.say(&format!("The simulated organization is in {}.", path.display()));
            }
            Ok(Exit::Done)
        })
    }

    fn simulator(&self) -> Result<Simulator, CliError> {
        let world = match &self.world {
            Some(path) if self.save => seed::load_if_there(path)?,
            Some(path) => Some(seed::load(path)?),
            None => None,
        };
        let credentials = BTreeMap::from([(KEY.0.to_owned(), KEY.1.to_owned())]);
        let account = world.as_ref().map_or_else(|| self.account.to_string(), |world| world.account.clone());
        let settings = Settings {
            account,
            speed: self.speed,
            verify_signatures: self.verify_signatures,
            credentials,
            account_quota: self.account_quota,
            // A client dates its intents by the real calendar and tells by the dates
            // in answers what can be its own, so a new world begins no earlier.
            start: jiff::Timestamp::now(),
            ..Settings::default()
        };
        Ok(match world {
            Some(world) => Simulator::from_world(world, settings),
            None => Simulator::new(settings),
        })
    }

    fn greet(&self, address: SocketAddr, printer: &Printer) -> Result<(), CliError> {
        printer.data(&format!("http://{address}\n"))?;
        let (id, secret) = if self.verify_signatures { KEY } else { ("any", "any") };
        printer.say(&format!(
            "A simulated AWS answers there; one second of it is {} virtual ones. Ctrl-C ends it.\n\
             Point any AWS client at it, e.g. the AWS CLI or lzctl itself:\n\n  \
             export AWS_ENDPOINT_URL=http://{address} AWS_REGION=us-east-1\n  \
             export AWS_ACCESS_KEY_ID={id} AWS_SECRET_ACCESS_KEY={secret}\n  \
             aws organizations describe-organization",
            self.speed
        ));
        Ok(())
    }
}
