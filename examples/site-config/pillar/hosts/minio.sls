# There is none in lab: its groups are empty there, and plays that name them run all the same.
components: [minio]
naming: "{env}-{group}-{instance}"
labels: {tier: data}
