extends: haproxy
env: staging
instances: {1: 10.20.0.11}
