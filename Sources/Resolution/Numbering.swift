package import Diagnostics
internal import SiteModel

extension BoundEntity {
    /// The env with the VM numbers that the command line sets. R0201 for a VM that it does not have.
    package func numbering(_ numbers: [(vm: String, vmid: Int)]) -> (env: BoundEntity, diagnostics: [Diagnostic]) {
        guard !numbers.isEmpty, let entry = fields.entry("vms"), var vms = entry.value.list else { return (self, []) }
        var diagnostics: [Diagnostic] = []
        for (name, number) in numbers {
            guard let index = vms.firstIndex(where: { $0.map?["name"]?.name.map { Key($0) } == Key(name) }),
                var vm = vms[index].map
            else {
                let names = vms.compactMap { $0.map?["name"]?.name }
                diagnostics.append(.noSuchVM(name, id.name.text, near: Suggestions.near(name, among: names)))
                continue
            }
            vm.set("vmid", Value(.integer(number), .commandLine))
            vms[index].content = .map(vm)
        }
        var env = self
        var numbered = entry
        numbered.value.content = .list(vms)
        env.fields.set(numbered)
        return (env, diagnostics)
    }
}

extension Diagnostic {
    fileprivate static func noSuchVM(_ name: String, _ env: String, near: [String]) -> Diagnostic {
        Diagnostic(
            .dangling, "no VM named \"\(name)\" in env \"\(env)\", for --vm-id", at: nil,
            help: near.isEmpty ? nil : "did you mean \(near.asChoices)?")
    }
}
