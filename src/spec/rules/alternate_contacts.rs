//! Limits of alternate contacts.
//!
//! Source: Account Management API Reference, PutAlternateContact: name 1 to 64,
//! title 1 to 50, e-mail 1 to 254 with `@` and a dot after it, telephone number 1 to
//! 25 of digits, spaces and `( ) + -`.

use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::Located;
use crate::spec::shape::sections::ContactSection;
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "alternate-contact",
        title: "An alternate contact that AWS does not take",
        explanation: "All four members are required: a name of up to 64 characters, a title of up to 50, \
                      an e-mail address of up to 254, and a telephone number of up to 25 digits, spaces, \
                      brackets, plus and minus signs. Source: AWS Account Management API Reference, \
                      PutAlternateContact.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    for (name, account) in view.accounts() {
        let Some(contacts) = &account.alternate_contacts else { continue };
        let kinds = [
            ("billing", &contacts.billing),
            ("operations", &contacts.operations),
            ("security", &contacts.security),
        ];
        for (kind, contact) in kinds {
            if let Some(contact) = contact {
                check_contact(&format!("the {kind} contact of account `{name}`"), contact, findings);
            }
        }
    }
}

fn check_contact(who: &str, contact: &ContactSection, findings: &mut Findings) {
    let mut member = |name: &str, value: Option<&Located<String>>, longest: usize, form: fn(&str) -> bool| {
        let Some(value) = value else { return };
        let length = value.chars().count();
        let why = if !(1..=longest).contains(&length) {
            format!("has {length} characters, and AWS takes 1 to {longest}")
        } else if !form(value) {
            "has a form that AWS does not take".to_owned()
        } else {
            return;
        };
        let message = format!("the {name} of {who} {why}");
        findings.push(Diagnostic::error(RULE.topic.code, message).at(value.span, "this value"));
    };
    member("name", contact.name.as_ref(), 64, |_| true);
    member("title", contact.title.as_ref(), 50, |_| true);
    member("email", contact.email.as_ref(), 254, email_form);
    member("phone", contact.phone.as_ref(), 25, phone_form);
}

fn email_form(text: &str) -> bool {
    let Some((local, domain)) = text.trim().split_once('@') else { return false };
    let host = domain.rsplit_once('.').is_some_and(|(host, top)| !host.is_empty() && !top.is_empty());
    !local.is_empty() && host && !domain.contains(['@', ' '])
}

fn phone_form(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "()+-".contains(c))
}
