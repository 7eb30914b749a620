extends: redis
env: lab
instances: {1: 10.10.0.41}
