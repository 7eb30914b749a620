# By number. In a list, taking out the first would rename the second.
extends: backend
env: prod
instances:
  1: 10.30.0.21
  2: 10.30.0.22
  3: {ip: 10.30.0.23, vars: {java: {heap_mb: 4096}}}        # a larger machine: gc stays g1
ssh: {user: deploy, sudo: true, port: 2222}
