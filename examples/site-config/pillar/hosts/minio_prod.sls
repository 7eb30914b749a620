extends: minio
env: prod
instances: {1: 10.30.0.51, 2: 10.30.0.52, 3: 10.30.0.53, 4: 10.30.0.54}
ssh: {user: deploy, sudo: true}
