//! Objects of which each Region can have one under the same identity, such as related multi-Region
//! keys: which of them an instance means when its Region changes, and which is there already when
//! the state has none.

use std::collections::BTreeMap;

use meridian_graph::InstanceAddress;
use meridian_lang::{Diagnostic, Value};
use meridian_resource::{Notice, Object, ProviderKey, Registry};

use crate::inputs::{LookAnswer, PriorObject, Purpose, Question};
use crate::instance::Wanted;
use crate::planner::Planner;

/// Where the state has its objects.
#[derive(Default)]
pub(crate) struct Members {
    /// Of members of sets: what a set shares, and the Region.
    places: BTreeMap<InstanceAddress, (String, String)>,
    /// Which instance has an ARN.
    holders: BTreeMap<String, InstanceAddress>,
    /// Of each set the member that leads it, or one that knows it.
    leaders: BTreeMap<String, Object>,
    /// What may be encrypted under keys, with its provider configuration and its Region.
    pub(crate) encrypted: Vec<(InstanceAddress, ProviderKey, String, Object)>,
}

impl Members {
    pub(crate) fn of(objects: &[PriorObject], registry: &Registry) -> Members {
        let mut members = Members::default();
        for prior in objects {
            let object = prior.observed.as_ref().unwrap_or(&prior.stored);
            if let Some(arn) = object.text("arn") {
                members.holders.insert(arn.to_owned(), prior.address.clone());
            }
            let kind = registry.resource_type(&prior.address.resource.type_name);
            if let Some(identity) = kind.and_then(|kind| kind.set_identity(object)) {
                let leads = kind.and_then(|kind| kind.leads(object)) == Some(true);
                let is_known = prior.observed.is_some();
                if is_known && (leads || !members.leaders.contains_key(&identity)) {
                    members.leaders.insert(identity.clone(), object.clone());
                }
                members.places.insert(prior.address.clone(), (identity, prior.region.clone()));
            }
            let encrypted = kind.filter(|kind| kind.with_keys_in_use(object).is_some());
            if encrypted.is_some() && prior.observed.is_some() {
                let (provider, region) = (prior.provider.clone(), prior.region.clone());
                members.encrypted.push((prior.address.clone(), provider, region, object.clone()));
            }
        }
        members
    }

    fn holder(&self, object: &Object) -> Option<&InstanceAddress> {
        self.holders.get(object.text("arn")?)
    }
}

/// What is at the place where an object is wanted.
pub(crate) enum Found {
    /// It must be asked first.
    Unknown,
    /// Nothing.
    Nothing,
    /// This, and it may be taken.
    There(Box<Object>),
    /// Something that belongs to someone else; that was told.
    Taken,
}

/// The object that is there although the state does not have it.
pub(crate) fn existing(planner: &mut Planner<'_>, wanted: &Wanted<'_>, planned: &Value) -> Found {
    let Wanted { kind, place, address, .. } = *wanted;
    let Some(stub) = kind.existing(place, planned) else { return Found::Nothing };
    let found = match look(planner, wanted, Purpose::Creation, stub) {
        None => return Found::Unknown,
        Some(Err(error)) => {
            planner.diagnostics.push(error.about(address.to_string()));
            return Found::Taken;
        }
        Some(Ok(None)) => return Found::Nothing,
        Some(Ok(Some(found))) => found,
    };
    let holder = planner.members.holder(&found).cloned();
    if let Some(holder) = holder.filter(|holder| holder != address) {
        let (id, region) = (shown(&found), &place.region);
        let detail = format!(
            "{address} is to be created, but {id} is in {region} already, and the state has it as \
             {holder}."
        );
        let help = format!(
            "if it only has another name now, say so: moved {{ from = {holder}, to = {address} }}"
        );
        let summary = format!("{holder} is the same object");
        let error = Diagnostic::error(summary, detail).at(wanted.resource.span).help(help);
        planner.diagnostics.push(error.about(address.to_string()));
        return Found::Taken;
    }
    if let Some(arn) = found.text("arn") {
        planner.members.holders.insert(arn.to_owned(), address.clone());
    }
    Found::There(Box::new(found))
}

/// What is planned for something that joins a set, and what there is to say of it: the set may have
/// another leader than the configuration says.
pub(crate) fn led_by_whom_leads(
    planner: &Planner<'_>,
    wanted: &Wanted<'_>,
    planned: Value,
) -> (Value, Option<Notice>) {
    let kind = wanted.kind;
    let identity = kind.joins(&planned);
    let member = identity.as_ref().and_then(|identity| planner.members.leaders.get(identity));
    let Some((other, notice)) = member.and_then(|member| kind.led_by(&planned, member)) else {
        return (planned, None);
    };
    // What this plan makes the leader leads by the time that something joins.
    let places = &planner.members.places;
    let is_of_set = |address: &InstanceAddress| {
        places.get(address).map(|(identity, _)| identity) == identity.as_ref()
    };
    let mut changes = planner.changes.values();
    if changes.any(|it| it.former_region.is_some() && is_of_set(&it.address)) {
        return (planned, None);
    }
    (other, Some(notice))
}

/// The member of an object's set at the place that the configuration now says, if the members of
/// the set only change their places among each other.
pub(crate) fn relocated(
    planner: &mut Planner<'_>,
    wanted: &Wanted<'_>,
    prior: &PriorObject,
    before: &Object,
) -> Found {
    let Wanted { kind, place, address, .. } = *wanted;
    let Some(stub) = kind.member_at(place, before) else { return Found::Nothing };
    let found = match look(planner, wanted, Purpose::Relocation, stub) {
        None => return Found::Unknown,
        Some(Err(error)) => {
            planner.diagnostics.push(error.about(address.to_string()));
            return Found::Taken;
        }
        Some(Ok(None)) => return Found::Nothing,
        Some(Ok(Some(found))) => found,
    };
    if exchanges(planner).contains(address) {
        return Found::There(Box::new(found));
    }
    let (id, from, to) = (shown(&found), &prior.region, &place.region);
    let holder = match planner.members.holder(&found) {
        Some(holder) => format!(", which is {holder} here"),
        None => String::new(),
    };
    let detail = format!(
        "{address} is in {from}. The configuration now says {to}, but {id} has a member \
         in {to} already{holder}. A second one cannot be made, and nothing is replaced because of \
         this."
    );
    let help = format!(
        "to exchange the two, which moves the primary, give that member the Region \
         {from} in the same change; otherwise take the change of {address} back"
    );
    let error = Diagnostic::error(format!("{to} already has {id}"), detail)
        .at(wanted.resource.span)
        .about(address.to_string());
    planner.diagnostics.push(error.help(help));
    Found::Taken
}

/// The answer to what is where, which is asked for if it is not known.
fn look(
    planner: &mut Planner<'_>,
    wanted: &Wanted<'_>,
    purpose: Purpose,
    object: Object,
) -> Option<Result<Option<Object>, Diagnostic>> {
    let Wanted { place, address, .. } = *wanted;
    let key = (address.clone(), purpose);
    match planner.inputs.answers.looks.get(&key) {
        Some(LookAnswer { region, result }) if *region == place.region => Some(result.clone()),
        _ => {
            planner.ask(Question::Look {
                address: address.clone(),
                provider: place.provider.clone(),
                purpose,
                region: place.region.clone(),
                object,
            });
            None
        }
    }
}

/// The instances whose objects change places: each goes to where another one leaves, and another
/// one comes to where it was.
fn exchanges(planner: &Planner<'_>) -> Vec<InstanceAddress> {
    struct Move<'m> {
        address: &'m InstanceAddress,
        identity: &'m str,
        from: &'m str,
        to: &'m str,
    }
    let looks = planner.inputs.answers.looks.iter();
    let mut moves: Vec<Move<'_>> = looks
        .filter(|((_, purpose), answer)| {
            *purpose == Purpose::Relocation && matches!(answer.result, Ok(Some(_)))
        })
        .filter_map(|((address, _), answer)| {
            let (identity, from) = planner.members.places.get(address)?;
            Some(Move { address, identity, from, to: &answer.region })
        })
        .collect();
    loop {
        let stays = |it: &Move<'_>| {
            let others = || moves.iter().filter(|other| other.identity == it.identity);
            others().any(|other| other.from == it.to) && others().any(|other| other.to == it.from)
        };
        let kept: Vec<bool> = moves.iter().map(stays).collect();
        let before = moves.len();
        let mut kept = kept.into_iter();
        moves.retain(|_| kept.next() == Some(true));
        if moves.len() == before {
            return moves.into_iter().map(|it| it.address.clone()).collect();
        }
    }
}

/// What an instance has taken over in a plan cannot be deleted by the same plan, under whatever
/// name.
pub(crate) fn refuse_deletion_of_what_is_taken(planner: &mut Planner<'_>) {
    let taken: BTreeMap<&str, &InstanceAddress> = planner
        .changes
        .values()
        .filter(|change| change.former_region.is_some() || change.importing.is_some())
        .filter_map(|change| Some((change.before.as_ref()?.text("arn")?, &change.address)))
        .collect();
    let errors: Vec<Diagnostic> = planner
        .left_over
        .iter()
        .filter(|change| change.action == crate::Action::Delete)
        .filter_map(|change| {
            let holder = taken.get(change.before.as_ref()?.text("arn")?)?;
            let address = &change.address;
            let detail = format!(
                "{address} is no longer in the configuration and would be destroyed, but it is \
                 what {holder} takes over."
            );
            let help = format!("say so: moved {{ from = {address}, to = {holder} }}");
            let error = Diagnostic::error(format!("{holder} is the same object"), detail);
            Some(error.about(address.to_string()).help(help))
        })
        .collect();
    errors.into_iter().for_each(|error| planner.diagnostics.push(error));
}

fn shown(object: &Object) -> String {
    object.text("id").or(object.text("arn")).unwrap_or("the object").to_owned()
}
