/// What Prometheus scrapes, and with which labels (DESIGN §9).
package struct ScrapeTargets: Sendable {
    /// One place to scrape.
    package struct Target: Sendable {
        package let job: Key
        /// `address:port`; of a probe what the blackbox exporter looks at, mostly a URL.
        package let address: Value
        /// In the order in which they are written; parameters such as `__scheme__` last. Null or empty is no label.
        package let labels: Fields
        /// What else had a part in it: the port, and the reference to what says it.
        package let via: [Step]

        package init(job: Key, address: Value, labels: Fields, via: [Step] = []) {
            self.job = job
            self.address = address
            self.labels = labels
            self.via = via
        }
    }

    /// Those of all jobs.
    package let targets: [Target]
    /// Every job that the site has, sorted, with targets or without.
    package let jobs: [Key]
    /// The job that is wanted; nil for all.
    package let job: Key?

    package init(_ targets: [Target], jobs: [Key], job: Key?) {
        self.targets = targets
        self.jobs = jobs
        self.job = job
    }
}
