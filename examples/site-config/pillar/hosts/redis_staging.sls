extends: redis
env: staging
instances: {1: 10.20.0.41}
