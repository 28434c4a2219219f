//! What recovery passwords come in.

use std::fmt;
use std::str::FromStr;

use crate::values::ParseCodeError;
use crate::values::codes;

codes!(
    /// A format in which recovery passwords are handed on.
    Format {
        SaveText, "save-text", "the file that Windows saves or prints";
        ManageBde, "manage-bde", "what manage-bde -protectors -get prints";
        PowerShellJson, "powershell-json", "Get-BitLockerVolume as JSON";
        PowerShellList, "powershell-list", "Get-BitLockerVolume as a list";
        PowerShellTable, "powershell-table", "a table with a line of hyphens under its names, as PowerShell and DSInternals print it";
        Ldif, "ldif", "Active Directory as LDIF";
        AdTable, "ad-table", "Active Directory as a table: csvde, Export-Csv";
        AdScript, "ad-script", "Active Directory as lines of name and value";
        Graph, "graph", "Microsoft Graph: bitlockerRecoveryKey as JSON";
        Json, "json", "other JSON";
        Xml, "xml", "XML: Export-Clixml, ConvertTo-Xml, inventories";
        List, "list", "other lines of name and value";
        Mbam, "mbam", "MBAM or ConfigMgr as a table";
        Csv, "csv", "another table";
        Text, "text", "any other text";
    }
);

impl Format {
    /// Whether it comes from Active Directory: what has an ID and no password is a password that may not be read.
    pub(super) const fn is_directory(self) -> bool {
        matches!(self, Self::Ldif | Self::AdTable | Self::AdScript)
    }

    /// Whether its fields lie in objects.
    pub(super) const fn is_json(self) -> bool {
        matches!(self, Self::PowerShellJson | Self::Graph | Self::Json | Self::Xml)
    }

    /// Whether it is of PowerShell's BitLocker commands: they list protectors without a password, too.
    pub(super) const fn is_powershell(self) -> bool {
        matches!(
            self,
            Self::PowerShellJson | Self::PowerShellList | Self::PowerShellTable
        )
    }
}
