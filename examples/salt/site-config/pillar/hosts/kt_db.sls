#!yaml
# One database server: the minion kt_db_1, whose sshd listens elsewhere.
env: prod
components: [postgres]
instances:
  1: 203.0.113.21
ssh: {user: admin, sudo: true, port: 2222}
labels: {team: kt}
postgres: {max_connections: 300}
