# Highly available: Patroni chooses the primary, etcd holds the votes.
extends: postgres
env: prod
components: [patroni]
instances: {1: 10.30.0.31, 2: 10.30.0.32, 3: 10.30.0.33}
ssh: {user: deploy, sudo: true}
vars: {postgres_max_connections: 400}
