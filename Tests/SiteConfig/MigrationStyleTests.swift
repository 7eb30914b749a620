import Foundation
import SiteConfig
import TestSupport
import Testing

/// Postures and presets written in many hands: whatever the style, a migration loses no value and no comment, and is done.
@Suite struct MigrationStyleTests {
    @Test(arguments: 0..<80) func nothingIsLost(_ seed: Int) throws {
        var site = WrittenSite(seed)
        let files = site.files()
        let compiler = SiteCompiler(MemoryFiles(files), isLenient: true)
        let migration = compiler.migration()
        let isClean = migration.report.isClean
        #expect(isClean, "\(migration.report.text())\n\(files)")
        #expect(migration.differing.isEmpty, "\(migration.differing) \(files)")
        let remarks = migration.report.text()
        let isOdd = remarks.contains("unusual form")
        #expect(!isOdd, "\(remarks)\n\(files)")
        let changed = MigrationTests.applied(migration.changes, to: files)
        let after = SiteCompiler(MemoryFiles(changed), isLenient: true)
        MigrationTests.expectSameOutputs(compiler, after)
        #expect(after.migration().diff().isEmpty)
        let left = changed.values.joined(separator: "\n")
        for comment in site.comments where !left.contains(comment) {
            let isSaid = remarks.contains(comment)
            #expect(isSaid, "\(comment) is lost: \(files)\n\(changed)")
        }
        for name in site.united {
            let isLeft = changed["v2/postures/\(name).yaml"] != nil
            #expect(!isLeft, "\(name) was not united: \(remarks)\n\(files)")
        }
    }
}

/// Writes a site, each file in a style of its own.
private struct WrittenSite {
    private var random: SeededNumbers
    private(set) var comments: [String] = []
    /// Postures whose documents agree, so that they can be one.
    private(set) var united: [String] = []

    init(_ seed: Int) { random = SeededNumbers(seed) }

    mutating func files() -> [String: String] {
        var files = [
            "site.yaml": "defaults: {packages: [curl]}\n",
            "nodes/pve.yaml": "datastore: local\napi_endpoint: https://localhost:8006\napi_token: null\n",
        ]
        for name in ["dev", "stage", "prod"] { addPosture(name, &files) }
        for name in ["small", "vm-large", "huge"] {
            let fields: [(String, String)] = [("cores", number(8)), ("memory", number(4096)), ("tags", "[a, b]")]
            files["vms/presets/\(name).yaml"] = document(fields.map { Part.leaf($0.0, $0.1) })
        }
        let names = ["small", "vm-large", "huge"]
        let vms = names.map { "  - name: x\($0)\n    vm_preset: \(quoted($0))\(behind())\n" }
        files["envs/e.yaml"] = "posture: \(pick(["dev", "stage", "prod"]))\nvms:\n" + vms.joined()
        return files
    }

    // MARK: Postures

    private mutating func addPosture(_ name: String, _ files: inout [String: String]) {
        let values: [(flat: String, section: String, key: String, value: String)] = [
            ("ssh_port", "ssh", "port", number(2222)),
            ("ssh_permit_root_login", "ssh", "permit_root_login", text("no")),
            ("ssh_password_authentication", "ssh", "password_authentication", text("yes")),
            ("sudo_nopasswd", "sudo", "nopasswd", pick(["true", "false"])),
            ("fail2ban_enabled", "fail2ban", "enabled", pick(["true", "false"])),
        ]
        let packages = pick(["[a, b]", "[]", "\n  - a\n  - \"b c\"", "\n- a", "[a,\n  b]"])
        var flat: [Part] = []
        for value in values where !chance(4) || name == "dev" {
            flat.append(
                chance(5) ? .section(value.section, [(value.key, value.value)]) : .leaf(value.flat, value.value))
        }
        flat = joined(flat) + (chance(2) ? [.leaf("packages", packages)] : [])
        flat += chance(3) ? [.leaf("description", pick(["plain text", "'quoted # text'", "\"a, b\""]))] : []
        flat.shuffle(using: &random)
        let said = Set(flat.flatMap(\.paths))
        var nested: [Part] = [.section("auth", [("method", "network")])]
        for section in ["ssh", "sudo", "fail2ban"] {
            let all = values.filter { $0.section == section && said.contains("\($0.section).\($0.key)") && !chance(3) }
            if !all.isEmpty { nested.append(.section(section, all.map { ($0.key, $0.value) })) }
        }
        if chance(3) { nested.append(.leaf("x-\(name)", "{a: 1}")) }
        nested.shuffle(using: &random)
        if !chance(4) { files["postures/\(name).yaml"] = document(flat) }
        if !chance(4) || files["postures/\(name).yaml"] == nil {
            files["v2/postures/\(name).yaml"] = document(nested)
            united.append(name)
        }
    }

    /// A section stands once.
    private func joined(_ parts: [Part]) -> [Part] {
        var result: [Part] = []
        for part in parts {
            if let place = result.firstIndex(where: { $0.name == part.name }) {
                result[place].entries += part.entries
            } else {
                result.append(part)
            }
        }
        return result
    }

    struct Part {
        let name: String
        var value: String?
        var entries: [(key: String, value: String)] = []

        static func leaf(_ name: String, _ value: String) -> Part { Part(name: name, value: value) }

        static func section(_ name: String, _ entries: [(key: String, value: String)]) -> Part {
            Part(name: name, entries: entries)
        }

        private static let flat = [
            "ssh_port": "ssh.port", "ssh_permit_root_login": "ssh.permit_root_login",
            "ssh_password_authentication": "ssh.password_authentication", "sudo_nopasswd": "sudo.nopasswd",
            "fail2ban_enabled": "fail2ban.enabled",
        ]

        /// What it says, in the nested form.
        var paths: [String] { value == nil ? entries.map { "\(name).\($0.key)" } : [Self.flat[name] ?? name] }
    }

    // MARK: Style

    private mutating func document(_ parts: [Part]) -> String {
        var text = chance(4) ? "%YAML 1.1\n---\n" : chance(4) ? above(0) + "---\n" : ""
        let isReturned = chance(8)
        if chance(3) { text += above(0) + (chance(2) ? "\n" : "") }
        if chance(4) { text += flow(parts) } else { text += block(parts, chance(6) ? 2 : 0, pick([2, 4, 3])) }
        if chance(6) { text += above(0) }
        if chance(6), text.hasSuffix("\n") { text.removeLast() }
        return isReturned ? text.replacingOccurrences(of: "\n", with: "\r\n") : text
    }

    private mutating func block(_ parts: [Part], _ column: Int, _ step: Int) -> String {
        parts.map { part in
            let start = blank() + above(column) + pad(column) + quoted(part.name)
            if let value = part.value {
                let indented = value.replacingOccurrences(of: "\n", with: "\n" + pad(column))
                return start + colon() + indented + behind()
            }
            if chance(3) { return start + ": " + flowMap(part.entries) + behind() }
            let inner = part.entries.map { entry in
                above(column + step) + pad(column + step) + quoted(entry.key) + colon() + entry.value + behind()
            }
            return start + ":" + behind() + inner.joined()
        }.joined()
    }

    private mutating func flow(_ parts: [Part]) -> String {
        let entries = parts.map { part -> String in
            let value = part.value.map { $0.hasPrefix("\n") ? "[a]" : $0 } ?? flowMap(part.entries)
            return "\(part.name): \(value)"
        }
        if chance(2) { return "{" + entries.joined(separator: ", ") + "}" + behind() }
        return "{\n" + entries.map { above(2) + "  \($0),\(behind())" }.joined() + "}\n"
    }

    private func flowMap(_ entries: [(key: String, value: String)]) -> String {
        "{" + entries.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
    }

    private mutating func comment() -> String {
        comments.append("# note \(comments.count) of many;")
        return comments[comments.count - 1]
    }

    private mutating func above(_ column: Int) -> String { chance(4) ? pad(column) + comment() + "\n" : "" }

    private mutating func behind() -> String {
        chance(4) ? pad(Int.random(in: 1...6, using: &random)) + comment() + "\n" : "\n"
    }

    private mutating func blank() -> String { chance(8) ? "\n" : "" }

    private mutating func colon() -> String { chance(6) ? ":   " : ": " }

    private mutating func quoted(_ text: String) -> String { pick([text, text, text, "'\(text)'", "\"\(text)\""]) }

    private mutating func text(_ text: String) -> String { pick(["'\(text)'", "\"\(text)\""]) }

    private mutating func number(_ value: Int) -> String {
        pick(["\(value)", "+\(value)", "0x" + String(value, radix: 16)])
    }

    private func pad(_ count: Int) -> String { String(repeating: " ", count: count) }

    private mutating func pick<T>(_ choices: [T]) -> T { choices.randomElement(using: &random) ?? choices[0] }

    private mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }
}
