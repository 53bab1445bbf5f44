//! Tests of what may be withheld from a batch of secrets.

use serde_json::json;

use super::*;
use crate::clock::Clock;
use crate::identity::Account;
use crate::secrets;
use crate::vault::Vault;
use crate::world::Call;

struct Scene {
    world: World,
    caller: Caller,
    place: Place,
}

impl Scene {
    fn new() -> Self {
        let region = Region::named("eu-west-1").unwrap();
        Self {
            world: World::empty(Clock::Fast.delays(), Vault::new(&Vault::random_key())),
            caller: Caller { account: Account::DEFAULT, session: None },
            place: Place { account: Account::DEFAULT, region },
        }
    }

    fn create_secret(&mut self, name: &str) -> SecretAddress {
        let mut call = Call {
            world: &mut self.world,
            caller: &self.caller,
            access_key: "AKIDLOCAL",
            place: self.place,
            now: Timestamp::from_milliseconds(0),
            fault: None,
            withheld: &Withheld::default(),
        };
        let body = json!({ "Name": name, "ClientRequestToken": "0".repeat(32) }).to_string();
        secrets::call(&mut call, "CreateSecret", body.as_bytes()).unwrap();
        SecretAddress::new(self.place, name)
    }

    fn batch(&self, authorizer: &mut Authorizer, input: &Value) -> Result<Withheld, ApiError> {
        authorizer.authorize(&Attempt {
            world: &self.world,
            caller: &self.caller,
            access_key: "AKIDLOCAL",
            place: self.place,
            now: Timestamp::from_milliseconds(0),
            service: Service::SecretsManager,
            operation: "BatchGetSecretValue",
            body: input.to_string().as_bytes(),
        })
    }
}

fn authorizer(actions: &[&str]) -> Authorizer {
    let one = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:one-*";
    let policies = json!({ "Statement": [
        { "Effect": "Allow", "Action": actions, "Resource": "*" },
        { "Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": one },
    ] });
    Authorizer::new(Policies::try_from(policies).unwrap())
}

#[test]
fn each_secret_of_a_batch_is_allowed_by_itself() {
    let mut scene = Scene::new();
    let (one, two) = (scene.create_secret("one"), scene.create_secret("two"));
    let batch = "secretsmanager:BatchGetSecretValue";
    let list = "secretsmanager:ListSecrets";
    let named = json!({ "SecretIdList": ["one", "two", "three"] });
    let filtered = json!({ "Filters": [{ "Key": "all", "Values": ["t"] }] });
    for (input, actions, shown) in [
        (&named, vec![batch], "two".to_owned()),
        (&filtered, vec![batch, list], scene.world.secret_arn(&two)),
    ] {
        let withheld = scene.batch(&mut authorizer(&actions), input).unwrap();
        assert_eq!(withheld.check_secret(&one), Ok(()));
        let refusal = withheld.check_secret(&two).unwrap_err();
        assert_eq!(
            refusal.message,
            format!(
                "User: arn:aws:iam::123456789012:user/local is not authorized to perform: \
                 secretsmanager:GetSecretValue on resource: {shown} because no identity-based \
                 policy allows the secretsmanager:GetSecretValue action"
            )
        );
    }
    let refusal = scene.batch(&mut authorizer(&[batch]), &filtered).unwrap_err();
    assert!(refusal.message.contains("secretsmanager:ListSecrets"));
    let refusal = scene.batch(&mut authorizer(&[]), &named).unwrap_err();
    assert!(refusal.message.contains("secretsmanager:BatchGetSecretValue"));
}
