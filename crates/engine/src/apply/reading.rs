//! Data sources and ephemeral resources.

use std::time::Instant;

use meridian_graph::ResourceAddress;
use meridian_lang::Diagnostics;
use meridian_plan::{ResourceChange, arguments, remarked};
use meridian_resource::Object;

use super::{Applier, End, not_in_configuration};
use crate::Event;
use crate::questions::{kind_of, read_data};
use crate::reconcile::Ending;

impl<'a> Applier<'a> {
    /// What no piece of work will tell: data sources that were read for the plan, instances that
    /// are left alone, and blocks without any instance.
    pub(super) fn know_what_is_read(&mut self) {
        let plan = self.work.plan;
        let read = plan.data.iter().map(|data| (&data.address, &data.value));
        let untouched = plan.untouched.iter().map(|(address, value)| (address, value));
        let mut blocks: Vec<ResourceAddress> = plan.empty.clone();
        for (address, value) in read.chain(untouched) {
            self.result(address, value.clone());
            blocks.push(address.resource.clone());
        }
        blocks.sort();
        blocks.dedup();
        for address in &blocks {
            self.publish(address);
        }
    }

    /// Reads a data source, or opens an ephemeral resource, now that its arguments are known.
    pub(super) fn read(
        &mut self,
        piece: usize,
        change: &'a ResourceChange,
    ) -> Result<(), Diagnostics> {
        let address = change.address.clone();
        let viewpoint = self.viewpoint(change)?;
        let missing = || Diagnostics::from(not_in_configuration(&address));
        let resource = self.resource(&address.resource).ok_or_else(missing)?;
        let kind = kind_of(self.context, &address).ok_or_else(missing)?;
        let config = arguments(kind, resource, &address, self.work.values, &viewpoint)?;
        self.sound_values()?;
        let place = self.work.places.get(&change.provider).cloned();
        let operation = self.operation(piece);
        self.context.tell(Event::Started { address: address.clone(), operation, id: None });
        let context = self.context.clone();
        let started = Instant::now();
        self.running.spawn(async move {
            let ending = match read_data(&context, &address, place.as_ref(), &config).await {
                Ok(value) => match kind_of(&context, &address) {
                    Some(kind) => Ending::Done(Some(Object::new(remarked(kind, value, &config)))),
                    None => Ending::Failed(Box::new(not_in_configuration(&address))),
                },
                Err(error) => Ending::Failed(Box::new(error)),
            };
            End { piece, ending, deposed: None, elapsed: started.elapsed() }
        });
        Ok(())
    }
}
