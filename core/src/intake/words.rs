//! Words of headings and labels, in the languages of Windows that sites use.

/// The role of a word in a heading.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Part {
    /// Recovery.
    Recovery,
    /// A key or a password.
    Secret,
    /// `ID` or `GUID`, which names anything.
    Id,
    /// An identifier, as the file that Windows saves calls the key protector ID.
    Identifier,
    /// A key protector.
    Protector,
    /// A computer.
    Device,
    /// A name.
    Name,
    /// A word that says which of several pairs is meant.
    Group,
    /// A word that changes nothing.
    Filler,
}

/// Languages that share their legacy encodings.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Script {
    Central,
    Cyrillic,
    Japanese,
    Korean,
    Simplified,
    Traditional,
    Turkish,
    Western,
}

/// Words, with spaces between them. Their normal forms have no accents; the accents tell encodings apart.
pub(super) const WORDS: &[(Part, Script, &str)] = &[
    (
        Part::Recovery,
        Script::Western,
        "recovery wiederherstellung wiederherstellungs récupération recuperación recuperação recupero ripristino herstel återställning återställnings gendannelse gendannelses gjenoppretting gjenopprettings palautus palautuksen secours",
    ),
    (
        Part::Recovery,
        Script::Central,
        "odzyskiwania odzyskiwanie obnovení obnovovací helyreállítási",
    ),
    (Part::Recovery, Script::Turkish, "kurtarma"),
    (
        Part::Recovery,
        Script::Cyrillic,
        "восстановления восстановление відновлення",
    ),
    (Part::Recovery, Script::Japanese, "回復"),
    (Part::Recovery, Script::Simplified, "恢复"),
    (Part::Recovery, Script::Traditional, "修復 復原 恢復"),
    (Part::Recovery, Script::Korean, "복구"),
    (
        Part::Secret,
        Script::Western,
        "key keys password passcode passphrase passe secret schlüssel schluessel kennwort passwort clé clef motdepasse clave contraseña chave senha chiave sleutel wachtwoord nyckel lösenord nøgle adgangskode nøkkel passord avain salasana",
    ),
    (
        Part::Secret,
        Script::Central,
        "klucz klucza hasło hasła klíč klíče heslo hesla kulcs jelszó",
    ),
    (Part::Secret, Script::Turkish, "anahtar anahtarı parola parolası"),
    (Part::Secret, Script::Cyrillic, "ключ ключа пароль пароля"),
    (Part::Secret, Script::Japanese, "キー パスワード 鍵"),
    (Part::Secret, Script::Simplified, "密钥 密码"),
    (Part::Secret, Script::Traditional, "金鑰 密碼"),
    (Part::Secret, Script::Korean, "키 암호"),
    (Part::Id, Script::Western, "id guid ids"),
    (
        Part::Identifier,
        Script::Western,
        "identifier identification bezeichner kennung identifikation identifiant identificateur identificador identificatore identificativo identifikator identifierare tunniste tunnus",
    ),
    (
        Part::Identifier,
        Script::Central,
        "identyfikator identifikátor azonosító",
    ),
    (Part::Identifier, Script::Turkish, "kimlik kimliği"),
    (Part::Identifier, Script::Cyrillic, "идентификатор ідентифікатор ид код"),
    (Part::Identifier, Script::Japanese, "識別子"),
    (Part::Identifier, Script::Simplified, "标识符 标识 识别码"),
    (Part::Identifier, Script::Traditional, "識別碼 識別元"),
    (Part::Identifier, Script::Korean, "식별자 아이디"),
    (
        Part::Protector,
        Script::Western,
        "protector schlüsselschutz schlüsselschutzvorrichtung schutzvorrichtung protecteur protectora beveiliging",
    ),
    (
        Part::Device,
        Script::Western,
        "device computer host machine workstation pc endpoint client notebook laptop server asset node fqdn gerät geraet rechner maschine arbeitsplatz ordinateur poste appareil equipo dispositivo ordenador máquina computador postazione macchina apparaat werkstation dator enhet enhed datamaskin maskin tietokone laite hostname computernaam datornamn",
    ),
    (
        Part::Device,
        Script::Central,
        "komputer komputera urządzenie urządzenia stacja počítač počítače zařízení számítógép eszköz",
    ),
    (Part::Device, Script::Turkish, "bilgisayar cihaz"),
    (
        Part::Device,
        Script::Cyrillic,
        "компьютер компьютера устройство устройства машина хост узел компютер",
    ),
    (
        Part::Device,
        Script::Japanese,
        "コンピューター デバイス 端末 ホスト パソコン 機器",
    ),
    (Part::Device, Script::Simplified, "计算机 电脑 设备 主机"),
    (Part::Device, Script::Traditional, "電腦 裝置 主機 設備"),
    (Part::Device, Script::Korean, "컴퓨터 장치 기기 호스트"),
    (
        Part::Name,
        Script::Western,
        "name naam nom nombre nome namn navn namen nimi",
    ),
    (Part::Name, Script::Central, "nazwa název jméno neve"),
    (Part::Name, Script::Turkish, "adı"),
    (Part::Name, Script::Cyrillic, "имя название ім'я"),
    (Part::Name, Script::Japanese, "名 名前"),
    (Part::Name, Script::Simplified, "名称 名"),
    (Part::Name, Script::Traditional, "名稱"),
    (Part::Name, Script::Korean, "이름"),
    (
        Part::Group,
        Script::Western,
        "os operatingsystem system fixed data removable drive volume disk partition first second third primary secondary laufwerk lecteur unidad unidade unità schijf enhetsvolym",
    ),
    (Part::Group, Script::Central, "dysk dysku"),
    (Part::Group, Script::Cyrillic, "диск диска том тома"),
    (Part::Group, Script::Japanese, "ドライブ"),
    (Part::Group, Script::Simplified, "驱动器 磁盘"),
    (Part::Group, Script::Traditional, "磁碟機"),
    (Part::Group, Script::Korean, "드라이브"),
    (
        Part::Filler,
        Script::Western,
        "bitlocker mot fve msfve bde s numerical numeric numerisches numérique numérico numérica numerico numeriek value full vollständige complet complete completa completo whole encryption 48 digit digits stellig stelliges 48digit of the for de des du del della dello di da do das dos d l la le el il lo van voor för till til av af och und et y e den das der het een",
    ),
    (Part::Filler, Script::Central, "dla do pro numeryczne pełny"),
    (Part::Filler, Script::Cyrillic, "для числовой полный"),
    (Part::Filler, Script::Japanese, "の 数字 完全な"),
    (Part::Filler, Script::Simplified, "的 数字 完整"),
    (Part::Filler, Script::Traditional, "的 數字 完整"),
    (Part::Filler, Script::Korean, "전체 숫자"),
];
