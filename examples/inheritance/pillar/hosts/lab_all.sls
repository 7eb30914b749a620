#!yaml
# Both components set limits.nofile, and neither requires the other. This settles it.
components: [nginx, postgres]
limits: {nofile: 65536}
