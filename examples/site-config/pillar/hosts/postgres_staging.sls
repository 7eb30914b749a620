extends: postgres
env: staging
instances: {1: 10.20.0.31, 2: 10.20.0.32}
