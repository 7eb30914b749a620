extends: haproxy
env: lab
instances: {1: 10.10.0.11}
