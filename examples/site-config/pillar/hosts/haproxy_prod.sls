extends: haproxy
env: prod
instances: {1: 10.30.0.11, 2: 10.30.0.12}
ssh: {user: deploy, sudo: true, port: 2222}
