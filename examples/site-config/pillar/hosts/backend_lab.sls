extends: backend
env: lab
instances: {1: 10.10.0.21}
