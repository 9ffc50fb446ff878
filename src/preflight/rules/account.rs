//! The account itself: its state and its address.

use crate::model::email::Email;
use crate::preflight::scene::Scene;

pub(super) fn state(scene: &mut Scene<'_>) {
    let state = scene.account.state.as_str();
    if state != "ACTIVE" {
        scene.find("account-not-active", None, format!("AWS Organizations says {state}"), &[]);
    }
}

pub(super) fn email(scene: &mut Scene<'_>) {
    let email = scene.account.email.as_str();
    let suits = email.parse().is_ok_and(|email: Email| email.suits_control_tower());
    if !suits {
        scene.find("email-not-accepted", None, email, &[]);
    }
}
