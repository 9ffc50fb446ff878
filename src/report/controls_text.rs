//! The Control Catalog as text: one line for each control, names first.

use std::fmt::Write as _;

use super::Paint;
use crate::cloud::inventory::control_catalog::Offered;
use crate::model::controls::Behavior;

/// The widest name that moves the columns of all others.
const WIDEST: usize = 56;

/// The name by which a document should call a control.
#[must_use]
pub fn name(control: &Offered) -> &str {
    let id = control.arn.rsplit('/').next().unwrap_or_default();
    control.aliases.first().map_or(id, String::as_str)
}

/// Its behaviour as a word for people.
#[must_use]
pub fn behavior(control: &Offered) -> &'static str {
    Behavior::of(&control.behavior).map_or("unknown", Behavior::word)
}

/// A line for each control, and their number.
#[must_use]
pub fn render(controls: &[Offered], paint: Paint) -> String {
    let mut out = String::new();
    let widths = controls.iter().map(|control| name(control).len().min(WIDEST));
    let width = widths.max().unwrap_or_default();
    for control in controls {
        let severity = control.severity.to_lowercase();
        let parameters = if control.needs_parameters { "  (needs parameters)" } else { "" };
        let name = paint.heading(&format!("{:width$}", name(control)));
        let _ = writeln!(
            out,
            "{name}  {:10}  {severity:8}  {}{}",
            behavior(control),
            control.title,
            paint.quiet(parameters)
        );
    }
    let _ = writeln!(out, "Controls: {}.", controls.len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_without_an_alias_goes_by_its_id_and_one_that_needs_parameters_says_so() {
        let control = |aliases: &[&str], needs_parameters| Offered {
            arn: "arn:aws:controlcatalog:::control/abc".to_owned(),
            aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            title: "Checks it".to_owned(),
            behavior: "DETECTIVE".to_owned(),
            severity: "HIGH".to_owned(),
            implementation: "AWS::Config::ConfigRule".to_owned(),
            needs_parameters,
        };
        let text = render(&[control(&["CT.X.PV.1"], true), control(&[], false)], Paint::default());
        assert_eq!(
            text,
            "CT.X.PV.1  detective   high      Checks it  (needs parameters)\n\
             abc        detective   high      Checks it\nControls: 2.\n"
        );
    }
}
