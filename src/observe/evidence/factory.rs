//! Account Factory: its portfolio, who may launch from it, what it has provisioned.

use crate::cloud::inventory::account_factory::{self, Product};
use crate::cloud::{CallError, Connection};
use crate::model::arn::Arn;

/// Account Factory in the home Region.
#[derive(Debug, Clone)]
pub struct Factory {
    /// Its portfolio's id.
    pub portfolio: String,
    /// Whether the caller may launch from it.
    pub admits: bool,
    /// The accounts that it has provisioned, or tried to.
    pub products: Vec<Product>,
}

pub(super) async fn read(connection: &Connection, caller: &str) -> Result<Option<Factory>, CallError> {
    let Some(portfolio) = account_factory::portfolio(connection).await? else {
        return Ok(None);
    };
    let (principals, products) = tokio::join!(
        account_factory::principals(connection, &portfolio),
        account_factory::products(connection)
    );
    let own = principal(caller);
    let admits = principals?.iter().any(|known| fits(known, &own));
    Ok(Some(Factory { portfolio, admits, products: products? }))
}

/// The caller as a portfolio names it. The path of a role behind a session is not told by it.
pub(super) fn principal(caller: &str) -> String {
    let Some((before, session)) = caller.split_once(":assumed-role/") else { return caller.to_owned() };
    let parsed: Option<Arn> = caller.parse().ok();
    let role = session.split('/').next().unwrap_or_default();
    match parsed {
        Some(arn) => format!("arn:{}:iam::{}:role/{role}", arn.partition, arn.account),
        None => format!("{before}:role/{role}"),
    }
}

/// Whether a principal of a portfolio means the caller. A pattern leaves the account out; of paths
/// and patterns only the end is compared, which is all that a session tells.
fn fits(known: &str, caller: &str) -> bool {
    let end = |arn: &str| arn.rsplit('/').next().unwrap_or_default().to_owned();
    let same_sort = |part: &str| known.contains(part) && caller.contains(part);
    let account = known.starts_with("arn:aws:iam:::") || known.split(':').nth(4) == caller.split(':').nth(4);
    let (known_end, own_end) = (end(known), end(caller));
    let alike = match known_end.strip_suffix('*') {
        Some(beginning) => own_end.starts_with(beginning),
        None => known_end == own_end,
    };
    account && alike && (same_sort(":role/") || same_sort(":user/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_its_role_to_a_portfolio() {
        let session = "arn:aws:sts::111122223333:assumed-role/Admin/me";
        assert_eq!(principal(session), "arn:aws:iam::111122223333:role/Admin");
        let user = "arn:aws:iam::111122223333:user/me";
        assert_eq!(principal(user), user);
    }

    #[test]
    fn a_principal_is_known_by_its_arn_or_by_a_pattern() {
        let admin = "arn:aws:iam::111122223333:role/Admin";
        assert!(fits("arn:aws:iam::111122223333:role/teams/Admin", admin));
        assert!(!fits("arn:aws:iam::999988887777:role/Admin", admin));
        assert!(!fits("arn:aws:iam::111122223333:user/Admin", admin));
        let pattern =
            "arn:aws:iam:::role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_AWSAdministratorAccess*";
        let own = "arn:aws:iam::111122223333:role/AWSReservedSSO_AWSAdministratorAccess_0123456789abcdef";
        assert!(fits(pattern, own) && !fits(pattern, admin));
    }
}
