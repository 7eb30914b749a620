# The machines that run the shop's API.
components: [backend-api]
naming: "{env}-{group}-{instance}"
labels: {tier: app, team: shop}
vars: {java: {heap_mb: 1024, gc: g1}}       # variables of each host
