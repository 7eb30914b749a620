package import Diagnostics
internal import SiteModel

extension LinkedSite {
    /// VMs that want more memory than the physical machine under their node has: R0609.
    func checkMemory(_ vms: [VM], on node: BoundEntity) -> [Diagnostic] {
        guard let machine = machine(under: node),
            let written = machine.fields["hardware"]?.map?["memory_gb"], let size = written.content.number, size > 0
        else { return [] }
        let sum = vms.reduce(0) { $0 + ($1.facts.memory ?? 0) }
        guard sum > size * 1024 else { return [] }
        let wants = vms.compactMap { vm in vm.facts.memory.map { (vm: vm, size: $0) } }
        guard let largest = wants.max(by: { $0.size < $1.size }) else { return [] }
        let value = largest.vm["memory"]
        return [
            Diagnostic(
                .tooMuchMemory, .warning,
                "these VMs want \(Self.gibibytes(sum / 1024)) of memory, and \(machine.id.name) has "
                    + Self.gibibytes(size),
                at: largest.vm["name"]?.origin.span ?? value?.origin.span, "the largest of them",
                related: written.origin.span.map { [Label($0, "what the machine has")] } ?? [],
                help: "make them smaller, or move some to another node")
        ]
    }

    /// Rounded up to a tenth.
    private static func gibibytes(_ size: Double) -> String {
        let tenths = (size * 10).rounded(.up)
        guard tenths < 1e15 else { return "far too many GiB" }
        let whole = Int(tenths)
        return whole % 10 == 0 ? "\(whole / 10) GiB" : "\(whole / 10).\(whole % 10) GiB"
    }
}

extension Code {
    package static let tooMuchMemory = Code(
        "R0609", "more memory than the machine has",
        explanation: """
            The VMs of one target run together. The physical machine that the node names (`host:`) says what it has in \
            `hardware.memory_gb`; a VM's `memory` is in MiB.
            """,
        example: """
            $ resolve env dev --node pve
            -- site.yaml --
            -- hosts/father.yaml --
            hardware: {memory_gb: 8}
            -- nodes/pve.yaml --
            host: father
            api_endpoint: https://localhost:8006
            datastore: local
            api_token: null
            -- envs/dev.yaml --
            vms:
              - {name: web, memory: 4096}
              - {name: db, memory: 8192}
            """,
        fix: "Make VMs smaller, move some, or correct `memory_gb`.")
}
