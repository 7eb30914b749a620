internal import ArgumentParser
internal import SiteConfig

struct Nodegroups: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "nodegroups",
        abstract: "Nodegroups for salt-ssh -N, as YAML.",
        discussion: """
            ssh_list_nodegroups with one group for each host group, `component_NAME` for each component, those that others \
            require among them, and `env_NAME` for each env. Groups without minions are left out.

            EXAMPLES:
              resolve nodegroups > /etc/salt/master.d/nodegroups.conf
              salt-ssh -N component_nginx test.ping
            """)

    @OptionGroup var options: GlobalOptions

    func execute() throws -> ExitStatus { try options.compile(.nodegroups) }
}
