package import Diagnostics

/// Hosts with their variables, and the groups that they are in (DESIGN §8).
package struct Inventory: Sendable {
    /// In natural order.
    package let hosts: [Host]
    /// Sorted by name, without `all`. None holds itself, by whatever way.
    package let groups: [Group]
    /// The variables of all hosts.
    package let variables: Fields
    package let form: Form

    package struct Host: Sendable {
        package let name: Key
        /// Where the nearest of its machines is named.
        package let origin: Origin
        package let variables: Fields

        package init(name: Key, origin: Origin, variables: Fields) {
            self.name = name
            self.origin = origin
            self.variables = variables
        }
    }

    package struct Group: Sendable {
        /// An identifier.
        package let name: Key
        /// What makes it.
        package let origin: Origin
        /// Where its name is written; nil if it is made.
        package let nameSpan: Span?
        /// Names of groups, sorted; the origin of each is what puts it here.
        package let children: [Value]
        /// Names of hosts, in natural order; the origin of each is what puts it here.
        package let hosts: [Value]
        package let variables: Fields
        /// Whether it is in no other group.
        package let isTop: Bool

        package init(
            name: Key, origin: Origin, nameSpan: Span?, children: [Value], hosts: [Value], variables: Fields,
            isTop: Bool
        ) {
            self.name = name
            self.origin = origin
            self.nameSpan = nameSpan
            self.children = children
            self.hosts = hosts
            self.variables = variables
            self.isTop = isTop
        }
    }

    package enum Form: Sendable {
        /// What Ansible's script protocol wants of `--list`.
        case script
        /// What it wants of `--host`: the variables of that host.
        case host(Key)
        /// A file for Ansible's yaml plugin, as JSON or as YAML.
        case json, yaml
    }

    package init(hosts: [Host], groups: [Group], variables: Fields, form: Form) {
        self.hosts = hosts
        self.groups = groups
        self.variables = variables
        self.form = form
    }
}
