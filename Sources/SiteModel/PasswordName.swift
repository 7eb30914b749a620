extension Key {
    /// Whether a roster has a password under that name, or Ansible, also if it is written in another way.
    package var namesPassword: Bool {
        if self == "passwd" || self == "priv_passwd" { return true }
        guard firstByte | 0x20 == UInt8(ascii: "a") else { return false }
        switch count {
        case 12...:
            let name = text.lowercased().filter { $0 != " " }.map { $0 == "-" ? "_" : $0 }
            return String(name).hasPrefix("ansible_")
                && ["pass", "password", "passphrase"].contains(where: String(name).hasSuffix)
        default: return false
        }
    }

    /// Whether it may be meant for a password where it stands, which is not where one is read.
    package var seemsToNamePassword: Bool { namesPassword || text.lowercased().contains("pas") }
}
