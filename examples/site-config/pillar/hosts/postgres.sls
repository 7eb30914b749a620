components: [postgres]
naming: "{env}-{group}-{instance}"
labels: {tier: data}
