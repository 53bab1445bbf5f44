//! Callers for the tests of this folder.

use crate::clock::Timestamp;
use crate::iam::subject::Subject;
use crate::identity::{Account, Caller, Lent, Session};
use crate::region::Region;
use crate::vault::Vault;

/// The user of the default account.
pub(crate) fn user() -> Subject {
    let caller = Caller { account: Account::DEFAULT, session: None };
    Subject::new(&caller, "AKIDLOCAL", region())
}

/// A session by the name of `test` of the role `team/deploy`.
pub(crate) fn role_session() -> Subject {
    let vault = Vault::new(&Vault::random_key());
    let session = Session {
        account: Account::DEFAULT,
        lent: Lent::Role { role: "team/deploy".to_owned(), name: "test".to_owned() },
        expires: Timestamp::from_milliseconds(0),
        secret: vault.seal("secret", b"secret"),
        token: vault.seal("token", b"token"),
    };
    let caller = Caller { account: Account::DEFAULT, session: Some(session) };
    Subject::new(&caller, "ASIASESSION", region())
}

fn region() -> Region {
    Region::named("eu-west-1").unwrap()
}
