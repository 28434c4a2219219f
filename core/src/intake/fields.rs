//! What a field is, by its name.

/// What a field says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Field {
    /// The recovery password.
    Password,
    /// The key protector ID.
    Protector,
    /// The key protector ID if nothing better is there: `id`.
    Id,
    /// `msFVE-RecoveryGuid`: the key protector ID as octets.
    RecoveryGuid,
    /// What kind of key protector it is.
    ProtectorType,
    /// The device; the lower the rank, the better.
    Device(u8),
    /// A name: of an object of the directory, else of the device.
    Name,
    /// The distinguished name of the object or of its computer.
    DistinguishedName,
    Mount,
    VolumeId,
    VolumeType,
    /// A volume by whatever names it: mount point, GUID or type.
    Volume,
    /// When the password was made; the lower the rank, the better.
    Created(u8),
    /// A date, or all of a time.
    Date,
    /// A time of day.
    TimeOfDay,
    /// An offset from UTC.
    Offset,
    /// The object that a deleted object of the directory lay in.
    LastKnownParent,
    /// A GUID that is no key protector's.
    OtherId,
    /// Something that only computers have: a name beside it is a computer's.
    OfDevice,
    /// Something that volumes, secrets and people have: a name beside it is not a computer's.
    OfOther,
    /// A cell under no heading, or a line without a name.
    Unnamed,
    /// Anything else.
    Other,
}

/// The rank of a device that is only known by its ID.
pub(super) const DEVICE_ID: u8 = 8;

impl Field {
    /// Returns what it is understood as; `None` if it is not used.
    pub(super) const fn meaning(self) -> Option<&'static str> {
        Some(match self {
            Self::Password => "recovery password",
            Self::Protector | Self::Id | Self::RecoveryGuid => "key protector ID",
            Self::ProtectorType => "protector type",
            Self::Device(_) | Self::LastKnownParent => "device",
            Self::Name => "name",
            Self::DistinguishedName => "distinguished name",
            Self::Mount | Self::Volume => "volume",
            Self::VolumeId => "volume ID",
            Self::VolumeType => "volume type",
            Self::Created(_) | Self::Date | Self::TimeOfDay | Self::Offset => "time of creation",
            Self::OtherId | Self::OfDevice | Self::OfOther | Self::Unnamed | Self::Other => return None,
        })
    }
}

/// Returns the field that a name in its normal form names, if the whole of it is known.
pub(super) fn exact(plain: &str) -> Option<Field> {
    Some(match plain {
        "password"
        | "key"
        | "recoverykey"
        | "recoverypassword"
        | "msfverecoverypassword"
        | "bitlockerkey"
        | "bitlockerpassword"
        | "bitlockerrecoverykey"
        | "bitlockerrecoverypassword"
        | "bitlockerencryptionkey"
        | "numericalpassword"
        | "recoverykeyvalue"
        | "keyvalue" => Field::Password,
        "protector"
        | "protectorid"
        | "keyprotectorid"
        | "volumekeyprotectorid"
        | "keyid"
        | "passwordid"
        | "recoveryid"
        | "recoverykeyid"
        | "recoverypasswordid"
        | "recoverykeyidentifier"
        | "recoveryguid"
        | "bitlockerkeyid"
        | "bitlockerid"
        | "bitlockerrecoverykeyid"
        | "bitlockerpasswordid"
        | "keyidentifier"
        | "identifier"
        | "protectorguid" => Field::Protector,
        "id" | "guid" => Field::Id,
        "msfverecoveryguid" => Field::RecoveryGuid,
        "protectortype" | "keyprotectortype" => Field::ProtectorType,
        "device" | "devicename" | "computer" | "computername" | "host" | "hostname" | "machine" | "machinename"
        | "pc" | "pcname" | "client" | "clientname" | "workstation" | "systemname" | "nodename" => Field::Device(1),
        "devicedisplayname" | "manageddevicename" | "netbiosname" | "resourcename" | "asset" | "assetname"
        | "endpointname" => Field::Device(2),
        "dnshostname" | "fqdn" | "computerdnsname" | "fullyqualifieddomainname" => Field::Device(3),
        // PowerShell and WMI add the machine that was asked.
        "pscomputername" | "server" => Field::Device(4),
        "deviceid" | "entradeviceid" | "azureaddeviceid" | "azuredeviceid" | "aaddeviceid" => Field::Device(DEVICE_ID),
        "name" | "cn" | "displayname" => Field::Name,
        "distinguishedname" | "dn" => Field::DistinguishedName,
        "lastknownparent" => Field::LastKnownParent,
        "mount" | "mountpoint" | "letter" | "drive" | "driveletter" | "volumeletter" | "laufwerk"
        | "laufwerksbuchstabe" | "lecteur" | "unidad" | "unidade" => Field::Mount,
        "volumeid" | "volumeguid" | "msfvevolumeguid" | "persistentvolumeid" | "volumeidentifier"
        | "bitlockervolumeid" => Field::VolumeId,
        "volumetype" | "volumekind" | "drivetype" => Field::VolumeType,
        "volume" => Field::Volume,
        "created"
        | "createddatetime"
        | "createdat"
        | "createdon"
        | "createdtime"
        | "creationtime"
        | "creationdate"
        | "datecreated"
        | "keycreated"
        | "timecreated"
        | "lastupdatetime"
        | "erstellt"
        | "erstelltam"
        | "creele"
        | "datedecreation"
        | "creado"
        | "fechadecreacion"
        | "criadoem"
        | "datacreazione"
        | "aangemaakt"
        | "utworzono"
        | "создан"
        | "датасоздания"
        | "作成日時"
        | "作成日"
        | "创建时间"
        | "創建時間"
        | "建立時間"
        | "생성일"
        | "만든날짜" => Field::Created(1),
        "whencreated" | "backedup" | "backuptime" | "timestamp" | "dateadded" => Field::Created(2),
        "date" => Field::Date,
        "time" => Field::TimeOfDay,
        "gmt" | "utcoffset" | "timezone" => Field::Offset,
        "entraobjectid" | "objectid" | "objectguid" | "azureadobjectid" | "tenantid" | "userid" | "runspaceid" => {
            Field::OtherId
        }
        "manageddeviceid" | "intunedeviceid" | "serial" | "serialnumber" | "enrollmentid" | "manufacturer"
        | "model" | "operatingsystem" | "osversion" | "domain" | "lastlogon" | "lastseen" | "lastsyncdatetime"
        | "ipaddress" | "macaddress" | "assettag" | "compliancestate" => Field::OfDevice,
        "title"
        | "label"
        | "volumelabel"
        | "volumename"
        | "volumestatus"
        | "filesystem"
        | "filesystemlabel"
        | "url"
        | "uri"
        | "username"
        | "login"
        | "notes"
        | "folder"
        | "collection"
        | "userprincipalname"
        | "upn"
        | "mail"
        | "email"
        | "givenname"
        | "surname"
        | "capacity"
        | "freespace"
        | "encryptionpercentage" => Field::OfOther,
        _ => return None,
    })
}

/// Returns whether a cell or a value says that there is nothing.
pub(super) fn is_nothing(value: &str) -> bool {
    let value = clean(value);
    let words = ["null", "(null)", "n/a", "none", "na", "nil", "nan"];
    !value.contains(|character: char| character.is_alphanumeric() || character == char::REPLACEMENT_CHARACTER)
        || words.iter().any(|word| value.eq_ignore_ascii_case(word))
}

/// `value` without white space, byte-order marks and NULs around it.
pub(super) fn clean(value: &str) -> &str {
    value.trim_matches(|character: char| character.is_whitespace() || matches!(character, '\0' | '\u{feff}'))
}
