use super::*;

#[track_caller]
fn check(field: Field, names: &[&str]) {
    for name in names {
        assert_eq!(named(name).field, field, "{name}");
    }
}

#[test]
fn knows_key_protector_ids() {
    check(
        Field::Protector,
        &[
            "Key ID",
            "RecoveryKeyId",
            "KeyProtectorId",
            "VolumeKeyProtectorID",
            "BitLocker Recovery Key ID",
            "Key-ID",
            "Schlüssel-ID",
            "Schluessel ID",
            "Wiederherstellungsschlüssel-ID",
            "Kennwort-ID",
            "Bezeichner",
            "Identifiant",
            "Identifiant de clé",
            "ID de la clé de récupération",
            "Id. de clave",
            "Identificador da chave",
            "ID da chave de recuperação",
            "ID chiave di ripristino",
            "Sleutel-id",
            "Herstelsleutel-id",
            "Identyfikator klucza odzyskiwania",
            "Идентификатор ключа",
            "Идентификатор ключа восстановления",
            "回復キー ID",
            "回復キーの識別子",
            "恢复密钥标识符",
            "恢复密钥 ID",
            "修復金鑰識別碼",
            "修復金鑰 ID",
            "복구 키 ID",
            "Nyckel-ID",
            "Anahtar kimliği",
            "ＫＥＹ　ＩＤ",
            "Full recovery key identification",
        ],
    );
}

#[test]
fn knows_passwords() {
    check(
        Field::Password,
        &[
            "Recovery Key",
            "BitLockerEncryptionKey",
            "Numerical Password",
            "48-digit recovery key",
            "Wiederherstellungsschlüssel",
            "Kennwort",
            "Clé de récupération",
            "Mot de passe",
            "Clave de recuperación",
            "Chave de recuperação",
            "Chiave di ripristino",
            "Herstelsleutel",
            "Klucz odzyskiwania",
            "Ключ восстановления",
            "回復キー",
            "恢复密钥",
            "修復金鑰",
            "복구 키",
            "Återställningsnyckel",
            "Kurtarma anahtarı",
        ],
    );
}

#[test]
fn knows_devices() {
    check(
        Field::Device(1),
        &[
            "Device",
            "Computer Name",
            "Gerät",
            "Rechnername",
            "Poste",
            "Nom de l'ordinateur",
            "Nombre del equipo",
            "Nome do computador",
            "Nome computer",
            "Computernaam",
            "Nazwa komputera",
            "Имя компьютера",
            "コンピューター名",
            "コンピュータ",
            "计算机名称",
            "電腦名稱",
            "컴퓨터 이름",
            "Bilgisayar adı",
        ],
    );
    check(Field::Device(2), &["Name0", "Asset", "ResourceName", "Netbios_Name0"]);
    check(Field::Device(4), &["PSComputerName", "__SERVER"]);
}

#[test]
fn believes_no_other_id() {
    for name in [
        "UUID",
        "Hardware ID",
        "Agent ID",
        "Device GUID",
        "Volume ID",
        "Product Key",
        "Key Package",
        "Key Type",
        "TPM Owner Password",
        "Video",
        "Serial",
        "Title",
        "Tenant",
        "Computer ID",
        "Recovery",
        "Note",
        "Key Name",
        "BIOS GUID",
    ] {
        let field = named(name).field;
        assert!(
            !matches!(field, Field::Protector | Field::Password | Field::Device(1)),
            "{name}: {field:?}"
        );
        assert!(field != Field::Id, "{name}");
    }
}

#[test]
fn tells_pairs_apart() {
    for (name, field, group) in [
        ("OS Drive Recovery Key ID 2", Field::Protector, "osdrive2"),
        ("OS Drive Recovery Key 2", Field::Password, "osdrive2"),
        ("Key1", Field::Password, "1"),
        ("KeyID1", Field::Protector, "1"),
        ("C: Recovery Key", Field::Password, "c"),
        ("Schlüssel 3", Field::Password, "3"),
        ("Drive Letter 2", Field::Mount, "2"),
    ] {
        let group = group.to_owned();
        assert_eq!(named(name), Named { field, group }, "{name}");
    }
}

#[test]
fn the_caller_is_believed() {
    let names = Names::new(Some("UUID"), Some("Asset Tag"));
    assert_eq!(names.named("uuid").field, Field::Protector);
    assert_eq!(names.named("AssetTag").field, Field::Device(0));
    assert_eq!(names.named("Id").field, Field::OtherId);
    assert_eq!(Names::new(Some("2"), None).column(2, "x").field, Field::Protector);
}
