import Foundation

extension StampedSite {
    /// What may happen to a site between two builds.
    static let changes: [Change] = [
        ("an edit", { try $0.on("presets/p.yaml", "echo 'cores: 2\nmemory: \($0.unique())' > $F") }),
        (
            "an edit of the same size, its time put back",
            {
                let value = $0.unique()
                try $0.on(
                    "presets/p.yaml",
                    "touch -r $F ../t; sed 's/memory: ..../memory: \(value)/' $F > ../new; cat ../new > $F; touch -r ../t $F"
                )
            }
        ),
        (
            "a touch",
            { site in
                let path = site.input(); try site.on(path, "touch $F")
            }
        ),
        (
            "a comment",
            { site in
                let path = site.input(); try site.on(path, "echo '# \(site.unique())' >> $F")
            }
        ),
        (
            "a time to come",
            { site in
                let path = site.input(); try site.on(path, "touch -d '+1 day' $F")
            }
        ),
        (
            "a mistake",
            { site in
                let path = site.input(); try site.on(path, "echo 'nosuch: [' >> $F")
            }
        ),
        ("a warning", { try $0.on("presets/p.yaml", "echo 'colour: red' >> $F") }),
        ("a mistake mended", { try $0.shell("sed -i '/nosuch/d; /colour/d' a/site/*.yaml a/site/*/*.yaml") }),
        (
            "a new env",
            { site in
                let number = site.unique()
                try site.shell(
                    "echo 'vms: [{name: n\(number), vm_preset: p, vmid: \(number), image: debian-12}]' > a/site/envs/e\(number).yaml"
                )
            }
        ),
        ("a name that is none", { site in try site.shell("echo 'vms: []' > 'a/site/envs/\(site.unique()) x.yaml'") }),
        (
            "an edit of a VM's own field",
            { site in
                let (path, value) = (site.env(), site.unique())
                try site.on(path, "sed -i 's/}$/, memory: \(value)}/; s/, memory: [0-9]*\\(.*, memory\\)/\\1/' $F")
            }
        ),
        (
            "an edit of a VM's own field in place",
            { site in
                let (path, field, value) = (site.env(), site.pick(["cores", "disk", "memory"]), site.unique())
                try site.on(path, "sed 's/, ip: /, \(field): \(value), ip: /' $F > ../new; cat ../new > $F")
            }
        ),
        (
            "an address that another VM has",
            { site in
                let path = site.env()
                try site.on(path, "sed -i 's/10.0.0.[56]/10.0.0.\(site.pick([5, 6]))/' $F")
            }
        ),
        (
            "no fields of VMs' own",
            { try $0.shell("sed -i 's/, \\(cores\\|disk\\|memory\\): [0-9]*//g' a/site/envs/*.yaml") }
        ),
        ("an env that goes", { try $0.shell("rm -f a/site/envs/lab.yaml") }),
        ("an env renamed", { try $0.on("envs/lab.yaml", "mv $F envs/lab2.yaml") }),
        ("an env that comes back", { try $0.shell("echo 'vms: []' > a/site/envs/lab.yaml") }),
        (
            "a new folder of a site",
            { try $0.shell("mkdir -p a/site/specs a/site/vms/presets; echo 'memory: 7' > a/site/vms/presets/p.yaml") }
        ),
        ("a rival", { try $0.shell("touch a/site/envs/dev.yml") }),
        ("no rival", { try $0.shell("rm -f a/site/envs/*.yml a/site/vms/presets/p.yaml") }),
        (
            "other secrets",
            { site in
                let number = site.unique();
                try site.on("secrets.yaml", "sed -i 's/vm_root: .*/vm_root: \(Self.secret)-\(number)}/' $F")
            }
        ),
        (
            "a link to a copy",
            { site in
                let (path, number) = (site.input(), site.unique())
                try site.on(
                    path,
                    "cp $F ../copy\(number); rm $F; ln -s $(realpath --relative-to $(dirname $F) ..)/copy\(number) $F")
            }
        ),
        (
            "an edit behind a link",
            { site in try site.shell("for f in a/copy*; do if [ -e $f ]; then echo '# x' >> $f; fi; done") }
        ),
        (
            "a folder that moves, and a link to it",
            { site in
                let (folder, number) = (site.pick(["envs", "dist", "out", "out/vars", "presets"]), site.unique())
                try site.on(
                    folder,
                    "mv $F ../moved\(number); ln -s $(realpath --relative-to $(dirname $F) ..)/moved\(number) $F")
            }
        ),
        (
            "an output edited",
            { site in
                let path = site.output(); try site.on(path, "echo >> $F")
            }
        ),
        (
            "an output edited, its size and time the same",
            { site in
                let path = site.output()
                try site.on(path, "touch -r $F ../t; sed 's/ /\\t/' $F > ../new; cat ../new > $F; touch -r ../t $F")
            }
        ),
        (
            "an output that goes",
            { site in
                let path = site.output(); try site.on(path, "rm $F")
            }
        ),
        (
            "an output that all can read",
            { site in
                let path = site.output(); try site.on(path, "chmod 666 $F")
            }
        ),
        (
            "an output that is a link",
            { site in
                let (path, number) = (site.output(), site.unique())
                try site.on(path, "mv $F ../o\(number); ln -s $(realpath --relative-to $(dirname $F) ..)/o\(number) $F")
            }
        ),
        (
            "a stranger in the place of an output",
            { site in try site.shell("mkdir -p a/site/dist; echo > a/site/dist/e\(site.count + 1001).json") }
        ),
        (
            "what a killed build left",
            { site in
                let path = site.output()
                try site.shell(
                    "if [ -d a/site/$(dirname \(path)) ]; then touch a/site/$(dirname \(path))/.x.resolve-999999999.tmp; fi"
                )
            }
        ),
        ("no output at all", { try $0.shell("rm -rf a/site/dist a/site/out") }),
        (
            "other outputs",
            { site in
                try site.on(
                    "resolve.yaml",
                    "echo '  - {emit: vars, env: dev, redact: true, to: new\(site.unique())/x.json}' >> $F")
            }
        ),
        ("a repository", { try $0.shell("mkdir -p a/.git a/site/.git; rmdir a/\(["", "site/"][$0.number(2)]).git") }),
        ("another time of issue", { $0.time += 1 }),
        ("an identity that comes", { try $0.shell("echo '# none' > a/key") }),
        ("the folder moves away and back", { try $0.shell("mv a/site a/s; mv a/s a/site") }),
        ("a copy of the folder", { try $0.shell("cp -a a/site a/s; rm -r a/site; mv a/s a/site") }),
        ("no cache", { try $0.shell("rm -rf cache/resolve") }),
    ]
}
