//! One operation with one fault.

use meridian_local_aws::{Fault, RequestRecord};

use super::door;
use super::kinds::{Cause, Kind};
use super::operations::Operation;
use super::scenarios::{ASIDE, Stage, all_there_is};
use crate::support::{Project, Ran, Server, is_change};

/// An operation of a stage, and what goes wrong with it.
pub struct Cell<'a> {
    pub stage: &'a Stage,
    pub operation: Operation,
    pub kind: &'static Kind,
}

/// How the run with the fault ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Converged,
    Failed,
}

impl Cell<'_> {
    pub fn name(&self) -> String {
        format!("{}, {}, {}", self.stage.name, self.operation.name(), self.kind.name)
    }

    /// Runs the step with the fault, and without it if that failed.
    pub fn run(&self) -> Result<How, String> {
        let (server, project) = self.stage.set_up();
        let (project, rule) = self.with_fault(&server, project);
        let mark = server.mark();
        let ran = project.run(self.stage.command);
        let how = self.judged(&ran, &server.requests_since(mark))?;
        if let Some(rule) = rule {
            server.cloud.remove_fault(rule);
        }
        if how == How::Failed {
            let again = project.run(self.stage.command);
            ended(&again, 0).map_err(|why| format!("without the fault: {why}"))?;
        }
        let is_destroy = self.stage.command.starts_with("destroy");
        let line = if is_destroy { "state list" } else { "plan -detailed-exitcode" };
        let after = project.run(line);
        ended(&after, 0)?;
        if is_destroy && !after.out.is_empty() {
            return Err(format!("the state still has {}", after.out));
        }
        match all_there_is(&server) {
            there if there == self.stage.after => Ok(how),
            there => Err(format!("there is\n{there}instead of\n{}", self.stage.after)),
        }
    }

    fn with_fault(&self, server: &Server, project: Project) -> (Project, Option<u64>) {
        let Cause::Cloud(action) = self.kind.cause else {
            return (project.at(server).aimed_at(&door::open(server, &self.operation)), None);
        };
        let fault = Fault::new(self.operation.name(), action()).in_region(self.operation.region);
        let fault = match self.kind.times {
            Some(times) => fault.times(times),
            None => fault,
        };
        (project.at(server), Some(server.cloud.inject(fault)))
    }

    /// Whether the run with the fault ended as it should.
    fn judged(&self, ran: &Ran, records: &[RequestRecord]) -> Result<How, String> {
        if ran.code == Some(0) {
            return Ok(How::Converged);
        }
        ended(ran, 1)?;
        if self.kind.times.is_some() {
            return Err(format!("it does not converge\n{}", ran.all()));
        }
        let Operation { operation, region, .. } = &self.operation;
        let is_it = |record: &&RequestRecord| {
            record.operation == *operation && record.region == Some(region)
        };
        // It is a part of another call.
        let call = match operation.as_str() {
            "GetParametersForImport" => "ImportKeyMaterial",
            "ListKeys" => "CreateKey",
            call => call,
        };
        let text = ran.err.split_whitespace().collect::<Vec<_>>().join(" ");
        let says = |wanted: &str| match text.contains(wanted) {
            true => Ok(()),
            false => Err(format!("it does not say {wanted:?}\n{}", ran.err)),
        };
        says(call)?;
        says(&format!("in {region}"))?;
        says("help: ")?;
        says(self.kind.advice)?;
        if !records.iter().filter(is_it).any(|record| text.contains(&record.request_id)) {
            return Err(format!("it names no request id\n{}", ran.err));
        }
        let begun = records.iter().any(is_change);
        // Without credentials nothing can be read at all, so no address is to blame.
        let is_about_all = !begun && !self.kind.advice.is_empty();
        if !is_about_all && !self.is_about_provider() {
            says(" with ")?;
        }
        let aside = |it: &RequestRecord| is_change(it) && it.region == Some(ASIDE);
        if begun && self.stage.changes_aside && !records.iter().any(aside) {
            return Err(format!("what is independent is not done\n{}", ran.all()));
        }
        Ok(How::Failed)
    }

    /// Whether the call belongs to no resource.
    fn is_about_provider(&self) -> bool {
        self.operation.service == "sts"
    }
}

fn ended(ran: &Ran, code: i32) -> Result<(), String> {
    match ran.code == Some(code) {
        true => Ok(()),
        false => Err(format!("meridian {} ended with {:?}\n{}", ran.line, ran.code, ran.all())),
    }
}
