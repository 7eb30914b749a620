/// What a probe looks at: a URL, or what else a module of the blackbox exporter takes.
enum ProbeTarget {
    enum Problem {
        case empty, blank, noHost, password, template
    }

    static func problem(of text: String) -> Problem? {
        if text.isEmpty { return .empty }
        if text.contains("{{") { return .template }
        if text.unicodeScalars.contains(where: { $0.properties.isWhitespace || $0.value < 0x20 || $0.value == 0x7F }) {
            return .blank
        }
        let mark = text.firstRange(of: "://")
        if mark != nil, URLHost.name(in: text).isEmpty { return .noHost }
        // Where there is no scheme, what is before the path may still be a user and a password.
        let rest = mark.map { text[$0.upperBound...] } ?? text.drop { $0 == "/" }
        let authority = rest.prefix { !"/?#".contains($0) }
        let user = authority.contains("@") ? authority.split(separator: "@", omittingEmptySubsequences: false)[0] : ""
        return user.contains(":") ? .password : nil
    }
}
