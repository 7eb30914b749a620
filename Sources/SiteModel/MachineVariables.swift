/// The variables with which Ansible secures a machine: built-in ← site ← posture.
package struct MachineVariables: Sendable {
    /// By their Ansible names, in the order in which they are written.
    package var fields: Fields

    package init(_ fields: Fields) { self.fields = fields }
}
