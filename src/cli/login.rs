//! `lzctl login` and `lzctl logout`: a person's session in IAM Identity Center.

use super::aws::{AwsArgs, Wanted};
use super::error::CliError;
use super::exit::Exit;
use super::interrupt;
use super::printer::Printer;
use crate::cloud::sign_in::{self, Portal, Prompt};
use crate::model::region::Region;

/// Sign in to IAM Identity Center, to enter accounts that no role lets lzctl into
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The portal's address, e.g. https://d-1234567890.awsapps.com/start, where no
    /// configuration file names it
    #[arg(long, value_name = "URL", requires = "sso_region", conflicts_with = "sso_session")]
    start_url: Option<String>,
    /// The Region of Identity Center, with --start-url
    #[arg(long, value_name = "REGION", requires = "start_url")]
    sso_region: Option<Region>,
    #[command(flatten)]
    aws: AwsArgs,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        self.aws.runtime()?.block_on(async {
            let mut signals = interrupt::listen()?;
            let work = async {
                let portal = self.portal().await?;
                let wanted = Wanted { home_region: Some(portal.region.clone()), ..Wanted::default() };
                let session = self.aws.open(&wanted, printer).await?;
                let folder = self.aws.sign_in_folder()?;
                let show = |prompt: &Prompt| printer.say(&told(prompt));
                let kept = Box::pin(sign_in::sign_in(&session.connection, &portal, &folder, show)).await?;
                session.save()?;
                printer.say(&format!(
                    "Signed in to {} until {}; the token is in {}.",
                    kept.start_url,
                    kept.expires_at,
                    folder.file(portal.name()).display()
                ));
                Ok(Exit::Done)
            };
            interrupt::or_stop(work, &mut signals).await
        })
    }

    async fn portal(&self) -> Result<Portal, CliError> {
        if let (Some(start_url), Some(region)) = (&self.start_url, &self.sso_region) {
            return Ok(Portal { session: None, start_url: start_url.clone(), region: region.clone() });
        }
        match self.aws.sso_session() {
            Some(name) => Ok(sign_in::of_session(name).await?),
            None => sign_in::of_profile(self.aws.profile()).await?.ok_or_else(|| {
                CliError::Usage(
                    "name a portal: --sso-session NAME, --start-url URL --sso-region REGION, or a --profile \
                     that has one"
                        .to_owned(),
                )
            }),
        }
    }
}

fn told(prompt: &Prompt) -> String {
    let page = prompt.page_with_code.as_ref().unwrap_or(&prompt.page);
    let minutes = prompt.within.as_secs() / 60;
    format!("Open {page}\nand confirm the code {} within {minutes} minutes.", prompt.user_code)
}

/// Give the token of `lzctl login` back and forget it
#[derive(Debug, clap::Args)]
pub(super) struct LogoutArgs {
    #[command(flatten)]
    aws: AwsArgs,
}

impl LogoutArgs {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        self.aws.runtime()?.block_on(async {
            let sign_in = self.aws.sign_in().await?.ok_or_else(|| {
                CliError::Usage("name the sign-in: --sso-session NAME or URL, or a --profile".to_owned())
            })?;
            let kept = sign_in.folder.read(&sign_in.name).ok().flatten();
            let region = kept.and_then(|kept| kept.region.parse().ok());
            let session = self.aws.open(&Wanted { home_region: region, ..Wanted::default() }, printer).await;
            let session = session?;
            let was = sign_in::sign_out(&session.connection, &sign_in).await?;
            session.save()?;
            let name = &sign_in.name;
            printer.say(&if was {
                format!("Signed out of {name}.")
            } else {
                format!("Nobody was signed in as {name}.")
            });
            Ok(Exit::Done)
        })
    }
}
