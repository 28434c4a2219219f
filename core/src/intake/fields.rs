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
    /// A GUID that is no key protector's.
    OtherId,
    /// Anything else.
    Other,
}

/// The field that `name` names: without regard to case, and to all but letters and digits.
pub(super) fn field(name: &str) -> Field {
    // Longer than any name below.
    if name.len() > 64 {
        return Field::Other;
    }
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    let plain: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    match plain.as_str() {
        "password"
        | "key"
        | "recoverykey"
        | "recoverypassword"
        | "msfverecoverypassword"
        | "bitlockerkey"
        | "bitlockerpassword"
        | "bitlockerrecoverykey"
        | "bitlockerrecoverypassword"
        | "numericalpassword"
        | "recoverykeyvalue"
        | "keyvalue" => Field::Password,
        "protector"
        | "protectorid"
        | "keyprotectorid"
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
        | "pc" | "pcname" | "client" | "clientname" | "workstation" | "systemname" => Field::Device(0),
        "displayname" | "devicedisplayname" | "manageddevicename" | "netbiosname" => Field::Device(1),
        "dnshostname" | "fqdn" => Field::Device(2),
        "deviceid" | "entradeviceid" | "azureaddeviceid" | "azuredeviceid" | "aaddeviceid" => Field::Device(5),
        "name" | "cn" => Field::Name,
        "distinguishedname" | "dn" => Field::DistinguishedName,
        "mount" | "mountpoint" | "drive" | "driveletter" | "volumeletter" => Field::Mount,
        "volumeid" | "volumeguid" | "msfvevolumeguid" | "persistentvolumeid" | "volumeidentifier"
        | "bitlockervolumeid" => Field::VolumeId,
        "volumetype" | "volumekind" | "drivetype" => Field::VolumeType,
        "volume" => Field::Volume,
        "created" | "createddatetime" | "createdat" | "createdon" | "createdtime" | "creationtime" | "creationdate"
        | "datecreated" | "keycreated" | "timecreated" | "lastupdatetime" => Field::Created(1),
        "whencreated" | "backedup" | "backuptime" | "timestamp" | "dateadded" => Field::Created(2),
        "date" => Field::Date,
        "time" => Field::TimeOfDay,
        "gmt" | "utcoffset" | "timezone" => Field::Offset,
        "entraobjectid" | "objectid" | "objectguid" | "azureadobjectid" | "tenantid" | "userid" | "manageddeviceid"
        | "intunedeviceid" | "serial" | "serialnumber" | "enrollmentid" => Field::OtherId,
        _ => Field::Other,
    }
}

/// Whether a cell or a value says that there is nothing.
pub(super) fn is_nothing(value: &str) -> bool {
    let value = clean(value);
    let words = ["null", "(null)", "n/a", "none", "-"];
    value.is_empty() || words.iter().any(|word| value.eq_ignore_ascii_case(word))
}

/// `value` without white space, byte-order marks and NULs around it.
pub(super) fn clean(value: &str) -> &str {
    value.trim_matches(|character: char| character.is_whitespace() || matches!(character, '\0' | '\u{feff}'))
}
