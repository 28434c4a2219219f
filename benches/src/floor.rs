//! The bare operations of a reveal or an escrow, with nothing around them: derive the storage primary, start a salted
//! session, load and unseal 32 bytes under a policy, read the NV index, commit four rows durably in SQLite, write the NV
//! index.

pub(crate) mod hashing;
pub(crate) mod rows;

use std::path::Path;
use std::process::Command;
use std::str::FromStr;

use rusqlite::Connection;
use tss_esapi::Context;
use tss_esapi::TctiNameConf;
use tss_esapi::attributes::NvIndexAttributesBuilder;
use tss_esapi::attributes::ObjectAttributes;
use tss_esapi::attributes::SessionAttributesBuilder;
use tss_esapi::constants::SessionType;
use tss_esapi::handles::KeyHandle;
use tss_esapi::handles::NvIndexTpmHandle;
use tss_esapi::handles::ObjectHandle;
use tss_esapi::handles::SessionHandle;
use tss_esapi::handles::TpmHandle;
use tss_esapi::interface_types::algorithm::HashingAlgorithm;
use tss_esapi::interface_types::algorithm::PublicAlgorithm;
use tss_esapi::interface_types::ecc::EccCurve;
use tss_esapi::interface_types::resource_handles::Hierarchy;
use tss_esapi::interface_types::resource_handles::NvAuth;
use tss_esapi::interface_types::resource_handles::Provision;
use tss_esapi::interface_types::session_handles::AuthSession;
use tss_esapi::interface_types::session_handles::PolicySession;
use tss_esapi::structures::Auth;
use tss_esapi::structures::Digest;
use tss_esapi::structures::EccPoint;
use tss_esapi::structures::EccScheme;
use tss_esapi::structures::KeyDerivationFunctionScheme;
use tss_esapi::structures::KeyedHashScheme;
use tss_esapi::structures::MaxNvBuffer;
use tss_esapi::structures::NvPublicBuilder;
use tss_esapi::structures::PcrSelectionList;
use tss_esapi::structures::Private;
use tss_esapi::structures::Public;
use tss_esapi::structures::PublicEccParameters;
use tss_esapi::structures::PublicKeyedHashParameters;
use tss_esapi::structures::SensitiveData;
use tss_esapi::structures::SymmetricDefinition;
use tss_esapi::structures::SymmetricDefinitionObject;
use tss_esapi::traits::Marshall;
use tss_esapi::traits::UnMarshall;

const INDEX: u32 = 0x0180_0bad;

/// One cold run, as a process of its own.
pub(crate) fn command(folder: &Path, port: u16) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg("floor").arg(folder).arg(port.to_string());
    // libtss2 tells of every session that the TPM has already flushed.
    command.env("TSS2_LOG", "all+none");
    command
}

/// Seals 32 bytes, defines the index and makes the table.
pub(crate) fn prepare(folder: &Path, port: u16) {
    let mut context = connect(port);
    let primary = primary(&mut context);
    let session = session(&mut context, primary, SessionType::Trial);
    let policy = PolicySession::try_from(session).unwrap();
    context
        .policy_pcr(policy, Digest::default(), PcrSelectionList::default())
        .unwrap();
    let digest = context.policy_get_digest(policy).unwrap();
    context.flush_context(SessionHandle::from(session).into()).unwrap();
    let hmac = self::session(&mut context, primary, SessionType::Hmac);
    context.set_sessions((Some(hmac), None, None));
    let secret = SensitiveData::try_from(vec![7; 32]).unwrap();
    let sealed = context
        .create(primary, sealed_template(digest), None, Some(secret), None, None)
        .unwrap();
    std::fs::write(folder.join("public"), sealed.out_public.marshall().unwrap()).unwrap();
    std::fs::write(folder.join("private"), sealed.out_private.value()).unwrap();
    context.set_sessions((Some(AuthSession::Password), None, None));
    let attributes = NvIndexAttributesBuilder::new()
        .with_auth_read(true)
        .with_auth_write(true)
        .with_owner_read(true)
        .with_no_da(true)
        .build()
        .unwrap();
    let index = NvPublicBuilder::new()
        .with_nv_index(NvIndexTpmHandle::new(INDEX).unwrap())
        .with_index_name_algorithm(HashingAlgorithm::Sha256)
        .with_index_attributes(attributes)
        .with_data_area_size(40)
        .build()
        .unwrap();
    let auth = Auth::try_from(vec![9; 32]).unwrap();
    let index = context.nv_define_space(Provision::Owner, Some(auth), index).unwrap();
    let content = MaxNvBuffer::try_from(vec![0; 40]).unwrap();
    context.nv_write(NvAuth::NvIndex(index), index, content, 0).unwrap();
    context.clear_sessions();
    context.flush_context(SessionHandle::from(hmac).into()).unwrap();
    context.flush_context(ObjectHandle::from(primary)).unwrap();
    database(folder)
        .execute_batch(
            "CREATE TABLE row (number INTEGER PRIMARY KEY, bytes BLOB); CREATE INDEX by_bytes ON row (bytes)",
        )
        .unwrap();
}

/// The bare operations, once.
pub(crate) fn run(folder: &Path, port: u16) {
    let mut context = connect(port);
    let primary = primary(&mut context);
    let hmac = session(&mut context, primary, SessionType::Hmac);
    context.set_sessions((Some(hmac), None, None));
    let public = Public::unmarshall(&std::fs::read(folder.join("public")).unwrap()).unwrap();
    let private = Private::try_from(std::fs::read(folder.join("private")).unwrap()).unwrap();
    let sealed = context.load(primary, private, public).unwrap();
    context.clear_sessions();
    let policy = session(&mut context, primary, SessionType::Policy);
    let pcrs = PcrSelectionList::default();
    context
        .policy_pcr(PolicySession::try_from(policy).unwrap(), Digest::default(), pcrs)
        .unwrap();
    context.set_sessions((Some(policy), None, None));
    context.unseal(sealed.into()).unwrap();
    context.clear_sessions();
    let index = TpmHandle::NvIndex(NvIndexTpmHandle::new(INDEX).unwrap());
    let index = context.tr_from_tpm_public(index).unwrap();
    context
        .tr_set_auth(index, Auth::try_from(vec![9; 32]).unwrap())
        .unwrap();
    context.set_sessions((Some(hmac), None, None));
    let auth = NvAuth::NvIndex(index.into());
    context.nv_read(auth, index.into(), 40, 0).unwrap();
    commit(folder);
    let content = MaxNvBuffer::try_from(vec![1; 40]).unwrap();
    context.nv_write(auth, index.into(), content, 0).unwrap();
    context.clear_sessions();
    context.flush_context(ObjectHandle::from(sealed)).unwrap();
    context.flush_context(SessionHandle::from(hmac).into()).unwrap();
    context.flush_context(ObjectHandle::from(primary)).unwrap();
}

/// Four rows, as a commit of the vault writes at least: a record, a leaf, a checkpoint, a node.
fn commit(folder: &Path) {
    let mut database = database(folder);
    let transaction = database.transaction().unwrap();
    let count: i64 = transaction
        .query_row("SELECT max(number) FROM row", (), |row| {
            Ok(row.get::<_, Option<i64>>(0)?.unwrap_or(0))
        })
        .unwrap();
    for row in 1..=4 {
        let number = count + row;
        transaction
            .execute(
                "INSERT INTO row (number, bytes) VALUES (?1, ?2)",
                (number, vec![7; 300]),
            )
            .unwrap();
    }
    transaction.commit().unwrap();
}

fn database(folder: &Path) -> Connection {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE | rusqlite::OpenFlags::SQLITE_OPEN_CREATE;
    let database = Connection::open_with_flags(folder.join("floor.db"), flags).unwrap();
    database.pragma_update(None, "journal_mode", "WAL").unwrap();
    database.pragma_update(None, "synchronous", "FULL").unwrap();
    database
}

fn connect(port: u16) -> Context {
    let tcti = TctiNameConf::from_str(&format!("swtpm:host=127.0.0.1,port={port}")).unwrap();
    Context::new(tcti).unwrap()
}

fn session(context: &mut Context, primary: KeyHandle, kind: SessionType) -> AuthSession {
    let session = context
        .start_auth_session(
            Some(primary),
            None,
            None,
            kind,
            SymmetricDefinition::AES_128_CFB,
            HashingAlgorithm::Sha256,
        )
        .unwrap()
        .unwrap();
    let (attributes, mask) = SessionAttributesBuilder::new()
        .with_continue_session(kind != SessionType::Policy)
        .with_decrypt(kind == SessionType::Hmac)
        .with_encrypt(true)
        .build();
    context.tr_sess_set_attributes(session, attributes, mask).unwrap();
    session
}

fn primary(context: &mut Context) -> KeyHandle {
    context.set_sessions((Some(AuthSession::Password), None, None));
    let attributes = ObjectAttributes::builder()
        .with_fixed_tpm(true)
        .with_fixed_parent(true)
        .with_sensitive_data_origin(true)
        .with_user_with_auth(true)
        .with_no_da(true)
        .with_restricted(true)
        .with_decrypt(true)
        .build()
        .unwrap();
    let parameters = PublicEccParameters::builder()
        .with_symmetric(SymmetricDefinitionObject::AES_128_CFB)
        .with_ecc_scheme(EccScheme::Null)
        .with_curve(EccCurve::NistP256)
        .with_key_derivation_function_scheme(KeyDerivationFunctionScheme::Null)
        .with_is_decryption_key(true)
        .with_restricted(true)
        .build()
        .unwrap();
    let template = Public::builder()
        .with_public_algorithm(PublicAlgorithm::Ecc)
        .with_name_hashing_algorithm(HashingAlgorithm::Sha256)
        .with_object_attributes(attributes)
        .with_ecc_parameters(parameters)
        .with_ecc_unique_identifier(EccPoint::default())
        .build()
        .unwrap();
    let created = context
        .create_primary(Hierarchy::Owner, template, None, None, None, None)
        .unwrap();
    context.clear_sessions();
    created.key_handle
}

fn sealed_template(policy: Digest) -> Public {
    let attributes = ObjectAttributes::builder()
        .with_fixed_tpm(true)
        .with_fixed_parent(true)
        .with_admin_with_policy(true)
        .with_no_da(true)
        .build()
        .unwrap();
    Public::builder()
        .with_public_algorithm(PublicAlgorithm::KeyedHash)
        .with_name_hashing_algorithm(HashingAlgorithm::Sha256)
        .with_object_attributes(attributes)
        .with_auth_policy(policy)
        .with_keyed_hash_parameters(PublicKeyedHashParameters::new(KeyedHashScheme::Null))
        .with_keyed_hash_unique_identifier(Digest::default())
        .build()
        .unwrap()
}
