//! Alternate contacts of accounts, one question for each.

use aws_sdk_account::types::AlternateContactType;
use serde_json::{Value, json};

use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;

const CONTACT: &str = "account:GetAlternateContact";

/// The alternate contact of an account; none when it has none of that kind
/// (`billing`, `operations` or `security`). Members: `name`, `title`, `email`, `phone`.
///
/// # Errors
/// When it cannot be read.
pub async fn get(connection: &Connection, account: &str, kind: &str) -> Result<Option<Value>, CallError> {
    // The management account may not name itself (Account Management API
    // reference, parameter AccountId).
    let own = connection.caller().await?.account.as_str() == account;
    let id = (!own).then(|| account.to_owned());
    let site = connection.global();
    let client = site.clients.account();
    let kind = AlternateContactType::from(kind.to_ascii_uppercase().as_str());
    let request = || {
        let request = client.get_alternate_contact().alternate_contact_type(kind.clone());
        request.set_account_id(id.clone())
    };
    match site.call(CONTACT, || request().send()).await {
        Ok(answer) => Ok(answer.alternate_contact().map(|contact| {
            json!({ "name": contact.name(), "title": contact.title(),
                "email": contact.email_address(), "phone": contact.phone_number() })
        })),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::doubles::{Double, error, ok};

    #[tokio::test(start_paused = true)]
    async fn a_missing_contact_is_none_and_the_management_account_does_not_name_itself() {
        let double =
            Double::new().on("/getAlternateContact", error(404, "ResourceNotFoundException", "none")).on(
                "/getAlternateContact",
                ok(json!({ "AlternateContact": { "Name": "SOC", "Title": "On call",
                "EmailAddress": "soc@example.com", "PhoneNumber": "1" } })),
            );
        let connection = double.connection().await;
        assert_eq!(get(&connection, "111111111111", "security").await.unwrap(), None);
        let found = get(&connection, "222222222222", "security").await.unwrap().unwrap();
        assert_eq!(
            found,
            json!({ "name": "SOC", "title": "On call", "email": "soc@example.com", "phone": "1" })
        );
        let sent = double.bodies("/getAlternateContact");
        assert_eq!(sent[0], json!({ "AlternateContactType": "SECURITY" }));
        assert_eq!(sent[1], json!({ "AlternateContactType": "SECURITY", "AccountId": "222222222222" }));
    }
}
