internal import SiteModel

extension OutputFormat {
    /// `resolve vars`: variables for `ansible-playbook -e @vars.json` (DESIGN §6, *vars*).
    package static let ansibleVariables = OutputFormat(
        name: "vars", summary: "Ansible variables of an env's posture",
        document: { subject in
            guard case .variables(let variables) = subject else { return nil }
            return Value(.map(variables.fields), .nowhere)
        })
}
