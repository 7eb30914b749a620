import Testing

@testable import SiteModel

@Suite struct FieldTableTests {
    /// The keys that choose a VM's layers stand in a list, and in a question that is asked for every entry of every VM.
    @Test func choosersAreTheSameInBothForms() {
        #expect(FieldTable.choosers.allSatisfy { FieldTable.isChooser($0) })
        let others = (FieldTable.vm.fields.map(\.name) + ["", "templates", "vm"]).filter {
            !FieldTable.choosers.contains($0)
        }
        #expect(others.count > 10 && !others.contains { FieldTable.isChooser($0) })
    }

    /// What others see of a VM is everything but these.
    @Test func fieldsOfAVMsOwn() {
        #expect(FieldTable.vm.fields.filter(\.isLocal).map(\.name) == ["cores", "memory", "disk"])
    }
}
