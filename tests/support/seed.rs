//! What stands in an AWS before the program looks at it.

use aws_sdk_kms::types::{
    CustomKeyStoreType, KeySpec, KeyUsageType, XksProxyAuthenticationCredentialType,
    XksProxyConnectivityType,
};

use super::{HOME, Server};

/// Makes a key behind `alias/app` and the secret `app/db` under it, a key that signs behind
/// `alias/sign`, and a custom key store.
pub fn seed(server: &Server, text: &str) {
    let (kms, secrets) = (server.kms(HOME), server.secrets(HOME));
    server.wait(async {
        let key = kms.create_key().description("seeded").send().await.expect("a key");
        let key_id = key.key_metadata.expect("its metadata").key_id;
        let alias = kms.create_alias().alias_name("alias/app").target_key_id(&key_id);
        alias.send().await.expect("an alias");
        let sign = kms.create_key().key_spec(KeySpec::EccNistP256);
        let sign = sign.key_usage(KeyUsageType::SignVerify).send().await.expect("a second key");
        let sign_id = sign.key_metadata.expect("its metadata").key_id;
        let alias = kms.create_alias().alias_name("alias/sign").target_key_id(sign_id);
        alias.send().await.expect("a second alias");
        let store = kms
            .create_custom_key_store()
            .custom_key_store_name("outside")
            .custom_key_store_type(CustomKeyStoreType::ExternalKeyStore)
            .xks_proxy_uri_endpoint("https://xks.example.com")
            .xks_proxy_uri_path("/kms/xks/v1")
            .xks_proxy_connectivity(XksProxyConnectivityType::PublicEndpoint)
            .xks_proxy_authentication_credential(
                XksProxyAuthenticationCredentialType::builder()
                    .access_key_id("ABCDEFGHIJKLMNOPQRST")
                    .raw_secret_access_key("a".repeat(43))
                    .build()
                    .expect("a credential"),
            );
        store.send().await.expect("a custom key store");
        let create = secrets.create_secret().name("app/db").secret_string(text);
        create.kms_key_id(&key_id).send().await.expect("a secret");
    });
}

/// The value of a secret.
pub fn secret_value(server: &Server, name: &str) -> String {
    let value = server.secrets(HOME).get_secret_value().secret_id(name);
    let value = server.wait(value.send()).expect("a value");
    value.secret_string.expect("a text")
}
