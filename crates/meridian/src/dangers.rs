//! Losses that a plan leads to and that nothing makes good: what is asked and refused because of
//! them.

use meridian_lang::Diagnostic;
use meridian_plan::{Plan, ResourceChange};
use meridian_resource::{Gravity, Notice};

use crate::failure::Failure;

/// The dangers of a plan, a line each.
pub struct Dangers(Vec<String>);

impl Dangers {
    /// What the plan says of itself.
    pub fn of(plan: &Plan) -> Dangers {
        let is_danger = |notice: &&Notice| notice.gravity == Gravity::Danger;
        let of_change = |change: &ResourceChange| {
            let address = match &change.deposed {
                None => change.address.to_string(),
                Some(key) => format!("{} (deposed object {key})", change.address),
            };
            let line = |notice: &Notice| format!("{address}: {}", notice.problem.summary);
            change.notices.iter().filter(is_danger).map(line).collect::<Vec<_>>()
        };
        Dangers(plan.changes.iter().flat_map(of_change).collect())
    }

    /// Whether there are none.
    pub fn are_none(&self) -> bool {
        self.0.is_empty()
    }

    /// What must be typed to approve a plan with these dangers.
    pub fn acknowledgement(&self) -> String {
        if self.are_none() { "yes".to_owned() } else { format!("yes, with {}", self.count()) }
    }

    /// What stands above the question for approval; nothing if there are none.
    pub fn before_the_question(&self) -> String {
        if self.are_none() {
            return String::new();
        }
        let count = self.count();
        format!("\nThis plan has {count}, which nothing makes good afterwards:\n\n{}", self.list())
    }

    /// What is told whoever approves with a mere `yes`.
    pub fn too_short(&self) -> String {
        let (count, acknowledgement) = (self.count(), self.acknowledgement());
        format!(
            "\nThis plan has {count}, so 'yes' is not enough. If you want to carry it out all the \
             same, do it again and type:\n\n  {acknowledgement}"
        )
    }

    /// What is told where nobody is asked.
    pub fn warning(&self) -> Option<Diagnostic> {
        let summary = format!("The plan has {}", self.count());
        (!self.are_none()).then(|| Diagnostic::warning(summary, self.list()))
    }

    /// Refuses a plan that has any.
    ///
    /// # Errors
    /// All of them.
    pub fn refuse(&self) -> Result<(), Failure> {
        if self.are_none() {
            return Ok(());
        }
        let detail = format!(
            "{}\n\nNothing brings back what is lost so, and -refuse-dangers is given: nothing was \
             done.",
            self.list()
        );
        Err(Diagnostic::error(format!("The plan has {}", self.count()), detail)
            .help(
                "change the configuration so that nothing is lost, or leave -refuse-dangers out \
                 and approve the plan",
            )
            .into())
    }

    fn count(&self) -> String {
        match self.0.len() {
            1 => "1 danger".to_owned(),
            count => format!("{count} dangers"),
        }
    }

    fn list(&self) -> String {
        let lines: Vec<String> = self.0.iter().map(|line| format!("  - {line}")).collect();
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_of_dangers_has_its_word() {
        let of = |count: usize| Dangers((0..count).map(|it| format!("a[{it}]: lost")).collect());
        assert_eq!(of(0).acknowledgement(), "yes");
        assert_eq!(of(1).acknowledgement(), "yes, with 1 danger");
        assert_eq!(of(2).acknowledgement(), "yes, with 2 dangers");
        assert_eq!(of(0).before_the_question(), "");
        assert!(of(2).before_the_question().ends_with("  - a[0]: lost\n  - a[1]: lost"));
        assert!(of(0).refuse().is_ok() && of(1).refuse().is_err());
        assert!(of(0).warning().is_none() && of(1).warning().is_some());
    }
}
