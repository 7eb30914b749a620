components: [redis]
naming: "{env}-{group}-{instance}"
labels: {tier: data}
