/// What kind of mistake a diagnostic reports: a stable id, and the page that `resolve help ID` prints.
///
/// A code is declared beside the check that emits it. The first two digits name the field: 01 syntax, 02 references,
/// 03 inheritance and merging, 04 values and schema, 05 secrets, 06 across entities, 07 outputs and their consumers,
/// 08 lints.
package struct Code: Hashable, Sendable {
    package let id: String
    package let page: Page

    /// What a person who never met the mistake needs to know of it.
    package struct Page: Sendable {
        /// One line.
        package let title: String
        /// What it means and why it matters.
        package let explanation: String
        /// The smallest site that shows it, as in the golden files: `$ command`, then `-- path --` and a text for each.
        package let example: String
        /// What to do.
        package let fix: String

        package init(title: String, explanation: String, example: String, fix: String) {
            self.title = title
            self.explanation = explanation
            self.example = example
            self.fix = fix
        }
    }

    /// The run could not be done, though the site is not wrong: the exit status is 2.
    package let isAboutRun: Bool

    package init(
        _ id: String, _ title: String, explanation: String, example: String, fix: String, isAboutRun: Bool = false
    ) {
        self.id = id
        self.isAboutRun = isAboutRun
        page = Page(title: title, explanation: explanation, example: example, fix: fix)
    }

    /// A remark on style or portability that only `validate` shows: an emitter stays quiet about it.
    package var isLint: Bool { id.hasPrefix("R08") }

    package static func == (left: Code, right: Code) -> Bool { left.id == right.id }

    package func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
