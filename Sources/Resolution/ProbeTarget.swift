internal import SiteModel

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
        if text.contains("://"), URLHost.name(in: text).isEmpty { return .noHost }
        return URLPassword.isIn(text) ? .password : nil
    }
}
