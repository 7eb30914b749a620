internal import SiteModel

/// What is kept of an env when its VMs were checked and written: whatever the rest of the site asks of it. Most of a large site is
/// VMs, so to keep them until all of it is done would be most of the memory.
package struct ReleasedEnv: Sendable {
    /// What its file says, but for its VMs.
    package let entity: BoundEntity
    /// All VMs that it lists, whether or not they have an address.
    let vmNames: [Key]
    /// The numbers that its VMs are counted to have; nil if none are.
    let numbers: LinkedSite.NumberRange?
}

extension LinkedSite {
    /// What is kept of an env that is all in its own file (`EnvInterface`).
    package func released(_ env: BoundEntity) -> ReleasedEnv {
        ReleasedEnv(
            entity: env.without("vms"), vmNames: vmNames(of: env), numbers: NumberRange(of: env, in: self))
    }
}
