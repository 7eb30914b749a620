# What all HAProxy machines have in common. The files haproxy_*.sls say where there are some.
components: [haproxy]
naming: "{env}-{group}-{instance}"          # prod-haproxy-1
labels: {tier: edge}
