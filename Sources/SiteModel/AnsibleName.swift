/// What Ansible takes for a name: of a group, of a variable.
package enum AnsibleName {
    /// A group's name, as Ansible has it.
    package static func group(_ name: Key) -> Key { Identifier.made(of: name) }

    /// Whether a variable may be called so: an identifier that is none of the constants.
    package static func isVariable(_ name: Key) -> Bool {
        Identifier.isOne(name) && !constants.contains(name)
    }

    /// Whether a key means something to Ansible wherever a map has it: `__ansible_unsafe`, `__ansible_vault`.
    package static func isMark(_ key: Key) -> Bool { key.text.hasPrefix("__ansible_") }

    /// A property of a group, which stands among its variables.
    package static let priority: Key = "ansible_group_priority"

    /// Whether a host may be called so, in a static file too, where brackets stand for ranges.
    package static func isHost(_ name: Key) -> Bool {
        var isOne = false
        name.withBytes { isOne = Catalogue.isName($0) }
        return isOne
    }

    /// Whether Ansible sets it itself, or reads it as a keyword of plays and tasks: a variable of that name is lost, or
    /// decides more than was meant.
    package static func isReserved(_ name: Key) -> Bool { keywords.contains(name) || magic.contains(name) }

    private static let constants: Set<Key> = ["true", "false", "none", "True", "False", "None", "not"]

    /// What ansible-core 2.14 to 2.21 warn of: the keywords of plays, roles, blocks and tasks, and Jinja's own functions.
    private static let keywords: Set<Key> = [
        "action", "always", "any_errors_fatal", "args", "async", "async_val", "become", "become_exe", "become_flags",
        "become_method", "become_user", "block", "changed_when", "check_mode", "collections", "connection", "cycler",
        "debugger", "delay", "delegate_facts", "delegate_to", "dict", "diff", "environment", "fact_path",
        "failed_when", "force_handlers", "gather_facts", "gather_subset", "gather_timeout", "handlers", "hosts",
        "ignore_errors", "ignore_unreachable", "joiner", "lipsum", "local_action", "lookup", "loop", "loop_control",
        "loop_with", "max_fail_percentage", "module_defaults", "name", "namespace", "no_log", "notify", "now", "omit",
        "order", "poll", "port", "post_tasks", "pre_tasks", "q", "query", "range", "register", "remote_user", "rescue",
        "retries", "roles", "run_once", "serial", "strategy", "tags", "tasks", "throttle", "timeout", "undef", "until",
        "vars", "vars_files", "vars_prompt", "when", "with_",
    ]

    /// What every host has, whatever an inventory says.
    private static let magic: Set<Key> = [
        "ansible_check_mode", "ansible_config_file", "ansible_diff_mode", "ansible_facts", "ansible_forks",
        "ansible_inventory_sources", "ansible_limit", "ansible_play_batch", "ansible_play_hosts",
        "ansible_play_hosts_all", "ansible_play_name", "ansible_playbook_python", "ansible_role_name",
        "ansible_run_tags", "ansible_skip_tags", "ansible_verbosity", "ansible_version", "group_names", "groups",
        "hostvars", "inventory_dir", "inventory_file", "inventory_hostname", "inventory_hostname_short", "play_hosts",
        "playbook_dir", "role_name", "role_names", "role_path",
    ]
}
